package storage

import (
	"context"
	"slices"

	"github.com/roster-scim/roster/scim/filter"
	"github.com/roster-scim/roster/scim/patch"
)

// A connection may let members wait that are not in the directory. Which
// resource such a value will stand for is decided once, by whoever comes last:
// by the write that names the value if the resource is there (find), else by
// the write that makes the resource (joinWaiting). Both look in the same way,
// at the id first and then at externalId, so that the order of a group and its
// members makes no difference in the end. It takes two writes that see each
// other: on a database with several writers, both must lock the value.

// canWait says whether a value is short enough to be looked up. Longer ones are
// indexed by a digest, and no identity provider has ids of that length.
func canWait(value string) bool { return value != "" && len(value) <= maxIndexKey }

// find looks for members by id and then by externalId, after what is in the
// batch. absent are those that no id was found for, found the resources that have
// their externalId.
func (w *write) find(ctx context.Context, members []patch.Member) (found map[idRow]string, absent map[idRow]bool, err error) {
	found, absent = map[idRow]string{}, map[idRow]bool{}
	w.absent(members, absent)
	ask := make([]idRow, 0, len(members))
	for _, m := range members {
		if canWait(m.ID) {
			ask = append(ask, idRow{ID: m.ID, Type: m.Type})
		}
	}
	w.findExternal(ask, func(r idRow, id string) error {
		found[r] = id
		return nil
	})
	return found, absent, w.flush(ctx)
}

// findExternal has the batch look externalIds up. They need not be unique: of
// several resources the oldest is meant, which was the first to appear.
func (w *write) findExternal(ask []idRow, found func(r idRow, id string) error) {
	from, named := w.valuesOfTypes(w.jsonRows("$3", "m", "value text", "type text"), "$2", "m.value")
	for chunk := range slices.Chunk(ask, editChunk) {
		w.batch.query(func(row scanner) error {
			var r idRow
			var id string
			if err := row.Scan(&r.ID, &r.Type, &id); err != nil {
				return err
			}
			return found(r, id)
		}, `
		select m.value, coalesce(m.type, ''), min(cast(v.resource_id as text))
		from `+from+` where `+named+`
			and (m.type is null or m.type = v.resource_type) and `+ofMemberType("v.resource_type")+`
		group by m.value, m.type`,
			w.dir.TenantID, w.dir.ConnectionID, jsonParam(pendingRows(chunk)))
	}
}

// valuesOfTypes joins the externalIds v of a directory that are a value of the
// tables before, whichever resource type has them.
func (w *write) valuesOfTypes(before, connection, value string) (from, where string) {
	from, typed := w.joinEach(before, "directory_totals t", "t.tenant_id = $1 and t.connection_id = "+connection)
	from, named := w.joinEach(from, "resource_values v", "v.tenant_id = $1 and v.connection_id = "+connection+
		" and v.resource_type = t.resource_type and v.attribute = 'externalId' and v.value = "+value)
	return from, typed + " and " + named
}

// pendingRow is a row of a parameter list of values.
type pendingRow struct {
	Value string `json:"value"`
	Type  string `json:"type,omitempty"`
}

func pendingRows(list []idRow) []pendingRow {
	rows := make([]pendingRow, len(list))
	for i, r := range list {
		rows[i] = pendingRow{Value: r.ID, Type: r.Type}
	}
	return rows
}

// await lets members wait. One that waits already goes on waiting; a type that
// the client says now holds from now on.
func (w *write) await(members []patch.Member, net *memberChange) {
	for chunk := range slices.Chunk(members, editChunk) {
		rows, byType := make([]pendingRow, len(chunk)), map[string][]pendingRow{}
		for i, m := range chunk {
			net.waiting[m.ID] = true
			rows[i] = pendingRow{Value: m.ID, Type: m.Type}
			byType[m.Type] = append(byType[m.Type], rows[i])
		}
		delete(byType, "")
		for typ, rows := range byType {
			w.forgetOtherType(typ, rows, net)
		}
		w.batch.query(collect(net.pending.add), `
			insert into pending_members (tenant_id, group_id, value, connection_id, member_type, pending_since)
			select $1, $2, m.value, $4, coalesce(m.type, ''), $5
			from `+w.jsonRows("$3", "m", "value text", "type text")+`
			where true
			on conflict (tenant_id, group_id, value) do nothing
			returning value, member_type`,
			w.dir.TenantID, w.id, jsonParam(rows), w.dir.ConnectionID, w.micros())
	}
}

// forgetOtherType takes out those that wait with another type than this.
func (w *write) forgetOtherType(typ string, rows []pendingRow, net *memberChange) {
	w.batch.query(collect(net.pending.remove), `
		`+w.deleteEach(w.jsonRows("$3", "m", "value text"), "m.value", "pending_members", "group_id = $2 and member_type <> $4", "value")+`
		returning value, member_type`, w.dir.TenantID, w.id, jsonParam(rows), typ)
}

// forget lets the named values wait no longer.
func (w *write) forget(values []string, net *memberChange) {
	for chunk := range slices.Chunk(values, editChunk) {
		var rows []pendingRow
		for _, v := range chunk {
			delete(net.waiting, v)
			if canWait(v) {
				rows = append(rows, pendingRow{Value: v})
			}
		}
		if len(rows) == 0 {
			continue
		}
		w.batch.query(collect(net.pending.remove), `
			`+w.deleteEach(w.jsonRows("$3", "m", "value text"), "m.value", "pending_members", "group_id = $2", "value")+`
			returning value, member_type`, w.dir.TenantID, w.id, jsonParam(rows))
	}
}

// forgetOthers lets nobody wait but those who are kept.
func (w *write) forgetOthers(keep []patch.Member, net *memberChange) {
	clear(net.waiting)
	rows := make([]pendingRow, len(keep))
	for i, m := range keep {
		rows[i] = pendingRow{Value: m.ID}
	}
	w.batch.query(collect(net.pending.remove), `
		delete from pending_members
		where tenant_id = $1 and group_id = $2
			and value not in (select m.value from `+w.jsonRows("$3", "m", "value text")+`)
		returning value, member_type`, w.dir.TenantID, w.id, jsonParam(rows))
}

// forgetMatching lets those wait no longer that satisfy a value filter, as far
// as that is known of them: their value, and their type if the client said it.
func (w *write) forgetMatching(ctx context.Context, e filter.Expr, net *memberChange) error {
	after := ""
	for {
		var matching []string
		last, n := "", 0
		err := w.each(ctx, func(row scanner) error {
			var typ string
			err := row.Scan(&last, &typ)
			n++
			element := map[string]any{"value": last, "$ref": last}
			if typ != "" {
				element["type"] = typ
			}
			if filter.MatchElement(e, element) {
				matching = append(matching, last)
			}
			return err
		}, `
			select value, member_type from pending_members
			where tenant_id = $1 and group_id = $2 and value > $3
			order by value limit $4`, w.dir.TenantID, w.id, after, matchChunk)
		if err != nil {
			return err
		}
		w.forget(matching, net)
		if n < matchChunk {
			return w.flush(ctx)
		}
		after = last
	}
}
