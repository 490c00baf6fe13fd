"""The books behind cash: statements, payments, and what each pays."""
