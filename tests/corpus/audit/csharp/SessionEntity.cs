using System;
using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using System.Linq;
using Microsoft.EntityFrameworkCore;

namespace HelpDesk.Data
{
    [Table("session")]
    public class SessionEntity
    {
        [Key]
        [Column("id")]
        public int Id { get; set; }

        [Column("lsid"), StringLength(24)]
        [Required]
        public string LogSessionId { get; set; }

        [Column("lseq")]
        public int Lseq { get; set; }

        [Column("start_time")]
        public DateTime StartTime { get; set; }

        [Column("external_key")]
        [StringLength(10)]
        public string ExternalKey { get; set; }
    }

    public class SessionNote
    {
        public int Id { get; set; }
        public long Lsid { get; set; }
        public string Text { get; set; }
    }

    public class HelpDeskContext : DbContext
    {
        public DbSet<SessionEntity> Sessions { get; set; }
        public DbSet<SessionNote> Notes { get; set; }

        protected override void OnModelCreating(ModelBuilder b)
        {
            b.Entity<SessionEntity>().HasIndex(s => s.Lseq).IsUnique();
            b.Entity<SessionNote>().Property(n => n.Text).HasMaxLength(4000);
        }

        public SessionEntity Find(int lseq)
        {
            return Sessions.Single(s => s.Lseq == lseq);
        }
    }
}
