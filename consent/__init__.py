"""What customers were told and what they answered: notices, consent records with evidence, links, receipts."""
