"""`python -m o2c_xl` is `o2c`, where the command itself is not on the path."""

from __future__ import annotations

from o2c_xl.adapters.cli import main

if __name__ == "__main__":
    main()
