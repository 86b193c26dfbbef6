"""Schedules, holds, destruction records and the register of copies."""
