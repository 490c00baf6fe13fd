"""Mail servers: messages out by SMTP, attachments in by IMAP."""
