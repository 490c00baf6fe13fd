"""Drop folders: what lies in them, who has it, and where it stays."""
