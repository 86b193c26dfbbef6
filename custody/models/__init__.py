"""What custodians asked, signed and did."""
