package storage

import (
	"context"

	"github.com/roster-scim/roster/scim"
)

// answer is finish for a write that answers with the resource as it leaves it.
//
// The members are read while other writers of the tenant need not wait: the
// group's row, which every change of them takes, is this write's already.
// Memberships are changed by others, so they are read behind the journal, when
// nobody else can write to the tenant before the commit: they and the version
// are of one moment.
func (w *write) answer(ctx context.Context, rec *scim.Record, with scim.With) error {
	if with.Members {
		w.readMembers(w.batch, w.dir, rec.ID, &rec.Members)
	}
	if err := w.addJournal(ctx); err != nil {
		return err
	}
	if with.Memberships {
		w.readMemberships(w.batch, w.dir, rec)
	}
	return w.sendLast(ctx)
}

// answerUnchanged is answer for a write that leaves no trace.
func (w *write) answerUnchanged(ctx context.Context, rec *scim.Record, with scim.With) error {
	if with.Members {
		w.readMembers(w.batch, w.dir, rec.ID, &rec.Members)
	}
	if with.Memberships {
		w.readMemberships(w.batch, w.dir, rec)
	}
	if len(w.batch.statements) == 0 {
		return nil
	}
	return w.flush(ctx)
}
