"""What templates of the frame receive: frozen, already decided, never model instances."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class JobShown:
    """A background job as the progress bar shows it; `state` is waiting, running, done, failed or stopped."""

    id: str
    name: str
    state: str
    done: int
    total: int | None
    rate: float | None = None
    left: int | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    progress_url: str = ""
    result_url: str = ""
    problem: str = ""
    warning: str = ""
    attempts: int = 0
    can_stop: bool = False
    owner: str = ""

    @property
    def percent(self) -> int | None:
        """Return how far it is, 0 to 100, or nothing while the total is not known."""
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def live(self) -> bool:
        """Tell whether the bar has to ask again."""
        return self.state in {"waiting", "running"}
