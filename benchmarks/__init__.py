"""What things cost, each beside its floor, measured in one run: `python -m benchmarks [NAME...]`."""
