"""Employees, their roles and sites (D26)."""

from app.use_case import Noun


class StaffMembers(Noun):
    """Employees, their roles and sites (D26)."""

    noun = "staff"
