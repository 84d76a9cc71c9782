"""The files of many certificates: made by threads here, or by small processes where they are many.

Which of both makes no difference to a file. Here the application's own memory is used, there a
process costs half a second before its first file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from lms import db
from lms.certificates import drafting, makers, register, seals
from lms.certificates.badges.making import attachments_of_all
from lms.certificates.designs.keeping import keep
from lms.certificates.document import CertificateDocument
from lms.certificates.drawing.items import Attachment
from lms.certificates.register import KeptFile
from lms.certificates.render import sealed
from lms.certificates.signing.api import Signer
from lms.files import store

MANY: Final = 250
"""More than so many are made by processes of their own."""

_THREADS: Final = 3

Row = tuple[int, dict[str, Any], datetime]  # a certificate's id, facts and reservation
Made = tuple[KeptFile, store.Laid]
Files = dict[int, Future[Made]]  # by certificate


class Workshop:
    """Makes files until it is closed; `expected` is how many may come in all."""

    def __init__(self, expected: int) -> None:
        self._by_processes = expected > MANY
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="seal")
        self._stack = ExitStack()
        self._makers: makers.Makers | None = None
        self._seal: Signer | None = None  # with which they sign

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown(cancel_futures=error is not None)
        self._stack.close()

    def begin(self, rows: Sequence[Row]) -> Files:
        """Let the files of reserved certificates be made; what can't be is each one's failure."""
        if not rows:
            return {}
        try:
            seal, root = seals.signer(), register.store_folder()
            documents = drafting.documents_from([facts for _, facts, _ in rows])
            for design in {each.design.sha256: each.design for each in documents}.values():
                keep(design, root)
            more = attachments_of_all([(facts, at) for _, facts, at in rows])
        except Exception as error:
            if len(rows) > 1:  # the row whose picture or key is missing says so, and no other
                return {key: made for row in rows for key, made in self.begin([row]).items()}
            return {rows[0][0]: _failed(error)}
        finally:
            db.end_reading()
        works = [
            _Work(row, document, badge, seal, root)
            for row, document, badge in zip(rows, documents, more, strict=True)
        ]
        if (held := self._processes(seal, root)) is None:
            return {work.row[0]: self._pool.submit(work.done_here) for work in works}
        files: Files = {work.row[0]: Future() for work in works}
        for start in range(makers.COUNT):
            share = works[start :: makers.COUNT]
            self._pool.submit(_by_a_process, held, share, files)
        return files

    def _processes(self, seal: Signer, root: Path) -> makers.Makers | None:
        """Return the processes that sign with a seal, begun anew where it was renewed."""
        if not self._by_processes:
            return None
        if self._seal is not seal:
            self._stack.close()
            self._makers = self._stack.enter_context(makers.opened(seal, root))
            self._seal = seal
        return self._makers


class _Work:
    """A certificate's file to be made."""

    def __init__(
        self,
        row: Row,
        document: CertificateDocument,
        more: Sequence[Attachment],
        seal: Signer,
        root: Path,
    ) -> None:
        self.row, self._document, self._more = row, document, more
        self._seal, self._root = seal, root

    @property
    def order(self) -> makers.Order:
        """The same work for a process."""
        return makers.Order(self.row[1], self.row[2], self._more)

    def done_here(self) -> Made:
        """Draw, seal and lay down the file; without the database, in any thread."""
        data = sealed(self._document, self._seal, at=self.row[2], more=self._more)
        return self.kept(store.lay(self._root, data), len(data))

    def kept(self, laid: store.Laid, size: int) -> Made:
        """Say what the register will know of the file."""
        name = register.engine_version()
        return KeptFile(laid.sha256, size, name, self._seal.fingerprint), laid


def _by_a_process(held: makers.Makers, works: Sequence[_Work], files: Mapping[int, Any]) -> None:
    """Have files made by a process; what it can't do or didn't live to do is done here."""
    answers: Sequence[makers.Answer | None] = [None] * len(works)
    try:
        answers = held.make([work.order for work in works])
    finally:
        for work, answer in zip(works, answers, strict=True):
            future: Future[Made] = files[work.row[0]]
            try:
                future.set_result(
                    work.kept(answer.laid, answer.size) if answer else work.done_here()
                )
            except Exception as error:
                future.set_exception(error)


def _failed(error: Exception) -> Future[Made]:
    future: Future[Made] = Future()
    future.set_exception(error)
    return future
