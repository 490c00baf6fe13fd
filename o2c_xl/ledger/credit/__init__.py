"""The books behind credit: what an account owes and may owe, and who may release more."""
