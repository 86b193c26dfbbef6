"""Why a value is shown, masked or hidden."""
