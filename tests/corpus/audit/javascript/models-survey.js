'use strict';

const { DataTypes } = require('sequelize');

module.exports = (sequelize) => {
  const Survey = sequelize.define('survey', {
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
    lsid: { type: DataTypes.STRING(32), allowNull: false },
    lseq: { type: DataTypes.INTEGER, allowNull: true },
    score: { type: DataTypes.INTEGER, validate: { min: 1, max: 5 } },
    comment: DataTypes.TEXT,
    takenAt: { type: DataTypes.DATE, field: 'taken_at' },
  }, {
    indexes: [
      { unique: true, fields: ['lsid', 'lseq'] },
      { fields: ['taken_at'] },
    ],
    timestamps: false,
  });

  Survey.ofSession = (lsid) => Survey.findAll({
    where: { lsid },
    order: [['takenAt', 'DESC'], ['lsid', 'ASC']],
  });

  Survey.average = async () => {
    const rows = await Survey.findAll({ attributes: ['score'] });
    const sum = rows.reduce((n, r) => n + Number(r.score), 0);
    return rows.length ? sum / rows.length : null;
  };

  Survey.busySessions = () => sequelize.query(
    'SELECT lsid, COUNT(lsid) AS n FROM surveys GROUP BY lsid HAVING COUNT(lsid) > 5 ORDER BY n DESC',
  );

  return Survey;
};
