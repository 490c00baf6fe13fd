"""o2c_xl: order to cash and inventory for companies whose people work in Excel."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
