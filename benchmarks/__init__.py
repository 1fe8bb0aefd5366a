"""How long archdraw takes, and whether what should not alter its pictures does not; not part of the package."""
