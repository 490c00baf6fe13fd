"""The books behind what customers owe: settled, written off, disputed, chased."""
