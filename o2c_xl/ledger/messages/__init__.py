"""Messages that go out: put down in the transaction of their fact, by which way, how far each has come."""
