"""Numbers about whole portfolios for analysts (S0-29): counted at night, rounded, attacked before they are released."""
