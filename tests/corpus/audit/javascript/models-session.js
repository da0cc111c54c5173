'use strict';

const { DataTypes, Op } = require('sequelize');

module.exports = (sequelize) => {
  const Session = sequelize.define('session', {
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
    lsid: { type: DataTypes.INTEGER, allowNull: false },
    lseq: { type: DataTypes.INTEGER, unique: true },
    type: DataTypes.STRING(20),
    startTime: { type: DataTypes.DATE, field: 'start_time' },
    duration: DataTypes.INTEGER,
    externalKey: { type: DataTypes.STRING(12), field: 'external_key' },
  }, {
    tableName: 'session',
    timestamps: false,
  });

  Session.latest = (limit = 25) => Session.findAll({
    where: { duration: { [Op.gt]: 0 } },
    order: [['lsid', 'DESC']],
    limit,
  });

  Session.forTicket = (no) => Session.findAll({
    where: { externalKey: `TICKET-${no}` },
    order: [['startTime', 'ASC']],
  });

  return Session;
};
