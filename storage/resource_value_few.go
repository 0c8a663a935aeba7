package storage

import (
	"fmt"
	"strings"

	"github.com/roster-scim/roster/scim"
)

// fewValues is how many rows of the value index a statement takes as parameters of
// their own. A document rarely has more.
const fewValues = 16

// insertFewStatements has the statement for each number of rows: taking them out of JSON costs
// SQLite as much as storing them.
var insertFewStatements = func() (statements [fewValues + 1]string) {
	var b strings.Builder
	b.WriteString(`
		insert into resource_values (tenant_id, connection_id, resource_type, resource_id, attribute, value, is_unique) values`)
	for n := 1; n <= fewValues; n++ {
		if n > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, ` ($1, $2, $3, $4, $%d, $%d, $%d)`, 3*n+2, 3*n+3, 3*n+4)
		statements[n] = b.String()
	}
	return statements
}()

// insertFew adds rows by one statement, if there are few, and if it can be told which
// value is taken when one is.
func (w *write) insertFew(rows []valueRow) bool {
	unique, one := oneUnique(rows)
	if w.modifiesTogether() || len(rows) == 0 || len(rows) > fewValues || !one {
		return false
	}
	args := make([]any, 0, 4+3*len(rows))
	args = append(args, w.dir.TenantID, w.dir.ConnectionID, w.typ.Name, w.id)
	for _, row := range rows {
		args = append(args, row.Attribute, row.Value, row.unique)
	}
	st := w.batch.exec(insertFewStatements[len(rows)], args...)
	if unique != nil {
		st.conflict = unique.taken()
	}
	return true
}

// oneUnique finds the unique row, if there is one. It is false if a statement that
// fails would not say which value is taken, or not fail.
func oneUnique(rows []valueRow) (unique *valueRow, one bool) {
	for i := range rows {
		if !rows[i].unique {
			continue
		}
		if unique != nil || rows[i].bySetting {
			return nil, false
		}
		unique = &rows[i]
	}
	return unique, true
}

// taken says that another resource has the value.
func (r valueRow) taken() error {
	return &scim.ConflictError{Attribute: r.Attribute, Value: r.sent}
}
