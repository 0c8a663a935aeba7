package storage

import (
	"net/http"

	"github.com/roster-scim/roster/scim"
)

// errOutdated ends a write whose resource type is no longer defined as it was
// when the request was let in. The client's next request is let in under the
// definitions that hold.
var errOutdated = &scim.Error{Status: http.StatusServiceUnavailable,
	Detail: "The schemas of this directory were changed while the request ran, so nothing was stored. Send it again."}

// refuseOutdated lets a write fail if the tenant's definitions have changed since
// its resource type was read from them. It stands behind the journal, whose
// sequence row a change of definitions takes too. A tenant that had not defined
// anything pays nothing for it: what is first defined takes nothing away from
// what is stored.
func (w *write) refuseOutdated() {
	revision := w.typ.Revision()
	if revision == 0 {
		return
	}
	w.refuse(w.batch, errOutdated,
		`select 1 from tenants where id = $1 and schema_revision <> $2`, w.dir.TenantID, revision)
}
