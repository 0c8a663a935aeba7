package storage

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

// factsRow is the row of a factsQuery as it comes.
type factsRow struct {
	rule, people, edges                                                  *string
	connections, groups, mappings, assignments, roles, entryPoints, told []byte
}

func (r *factsRow) scan(row scanner) error {
	return row.Scan(&r.rule, &r.people, &r.connections, &r.edges, &r.groups, &r.mappings, &r.assignments, &r.roles, &r.entryPoints, &r.told)
}

// uuidLen is the length of a UUID's canonical text.
const uuidLen = 36

var errFacts = errors.New("decode access: a list is malformed")

func (r *factsRow) decode() (*access.Facts, map[string][]access.Holding, error) {
	f := &access.Facts{Rule: ruleOf(r.rule)}
	told := map[string][]access.Holding{}
	for _, err := range []error{
		decodePeople(f, r.people), decodeEdges(f, r.edges),
		decodeConnections(f, r.connections), decodeGroups(f, r.groups), decodeMappings(f, r.mappings),
		decodeAssignments(f, r.assignments), decodeRoles(f, r.roles), decodeEntryPoints(f, r.entryPoints),
		decodeTold(told, r.told),
	} {
		if err != nil {
			return nil, nil, err
		}
	}
	return f, told, nil
}

func decodePeople(f *access.Facts, list *string) error {
	if list == nil {
		return nil
	}
	f.People = make([]access.Person, 0, strings.Count(*list, lineSeparator)+1)
	for text := range strings.SplitSeq(*list, lineSeparator) {
		if len(text) <= 2*uuidLen {
			return errFacts
		}
		name, userName, _ := strings.Cut(text[2*uuidLen+1:], fieldSeparator)
		f.People = append(f.People, access.Person{
			ID: text[:uuidLen], ConnectionID: text[uuidLen : 2*uuidLen], Active: text[2*uuidLen] == '1',
			Name: name, UserName: userName,
		})
	}
	slices.SortFunc(f.People, func(a, b access.Person) int { return strings.Compare(a.ID, b.ID) })
	return nil
}

func decodeEdges(f *access.Facts, list *string) error {
	f.Parents = map[string][]access.Membership{}
	if list == nil {
		return nil
	}
	for text := range strings.SplitSeq(*list, lineSeparator) {
		if len(text) <= 2*uuidLen {
			return errFacts
		}
		since, err := strconv.ParseInt(text[2*uuidLen:], 10, 64)
		if err != nil {
			return errFacts
		}
		child := text[:uuidLen]
		f.Parents[child] = append(f.Parents[child], access.Membership{GroupID: text[uuidLen : 2*uuidLen], Since: fromMicros(since)})
	}
	return nil
}

// decodeRows calls each with every object of a JSON array, which may be missing.
func decodeRows[T any](column []byte, each func(T) error) error {
	if len(column) <= len("[]") {
		return nil
	}
	var rows []T
	if err := json.Unmarshal(column, &rows); err != nil {
		return fmt.Errorf("decode access: %w", err)
	}
	for _, row := range rows {
		if err := each(row); err != nil {
			return err
		}
	}
	return nil
}

func decodeConnections(f *access.Facts, column []byte) error {
	f.Connections = map[string]access.Connection{}
	return decodeRows(column, func(c struct {
		ID, Name            string
		Paused, Ends, Takes flagged
	}) error {
		f.Connections[c.ID] = access.Connection{Name: c.Name, Paused: bool(c.Paused), Ends: bool(c.Ends), Takes: bool(c.Takes)}
		return nil
	})
}

func decodeGroups(f *access.Facts, column []byte) error {
	f.Groups = map[string]string{}
	return decodeRows(column, func(g struct{ ID, Name string }) error {
		f.Groups[g.ID] = g.Name
		return nil
	})
}

// grant is a mapping or an assignment as a statement has it.
type grant struct {
	ID    string // of the mapped group, or of the assignment
	User  string
	Name  string
	At    string
	Role  string
	By    string
	Who   string
	Since int64
	Lost  flagged
}

// flagged is a condition that comes as a number.
type flagged bool

// UnmarshalJSON reads 0 or 1.
func (f *flagged) UnmarshalJSON(text []byte) error {
	*f = string(text) == "1"
	return nil
}

func (g *grant) holding() access.Holding { return access.Holding{EntryPoint: g.At, Role: g.Role} }

func (g *grant) mapping(group string) access.Mapping {
	return access.Mapping{GroupID: g.ID, GroupName: group, Holding: g.holding(),
		CreatedBy: g.By, CreatedByName: g.Who, CreatedAt: fromMicros(g.Since), NoEntryPoint: bool(g.Lost)}
}

func decodeMappings(f *access.Facts, column []byte) error {
	f.Mappings = map[string][]access.Mapping{}
	return decodeRows(column, func(g grant) error {
		name, exists := f.Groups[g.ID]
		if !exists {
			name = g.Name
		}
		m := g.mapping(name)
		m.NoGroup = !exists
		f.Mappings[g.ID] = append(f.Mappings[g.ID], m)
		return nil
	})
}

func decodeAssignments(f *access.Facts, column []byte) error {
	f.Assignments = map[string][]access.Assignment{}
	return decodeRows(column, func(g grant) error { return addAssignment(f, g.User, g) })
}

func addAssignment(f *access.Facts, user string, g grant) error {
	id, err := assignmentID(g.ID)
	f.Assignments[user] = append(f.Assignments[user], access.Assignment{
		ID: id, UserID: user, Holding: g.holding(),
		CreatedBy: g.By, CreatedByName: g.Who, CreatedAt: fromMicros(g.Since), NoEntryPoint: bool(g.Lost),
	})
	return err
}

// assignmentID reads a UUID.
func assignmentID(text string) (id tenants.AssignmentID, err error) {
	u, err := uuid.Parse(text)
	if err == nil {
		err = id.Scan(u.String())
	}
	return id, err
}

func decodeRoles(f *access.Facts, column []byte) error {
	f.Roles = map[string]*access.Role{}
	return decodeRows(column, func(o struct {
		Key, Name string
		Rank      int64
		Grantable flagged
		KeepOne   flagged `json:"keep_one"`
		Mappable  flagged
		Permits   flagged
	}) error {
		f.Roles[o.Key] = &access.Role{Key: o.Key, Name: o.Name, Rank: o.Rank, Grantable: bool(o.Grantable),
			KeepOne: bool(o.KeepOne), Mappable: bool(o.Mappable), Permits: bool(o.Permits)}
		return nil
	})
}

func decodeEntryPoints(f *access.Facts, column []byte) error {
	f.EntryPoints = map[string]bool{}
	return decodeRows(column, func(e struct{ Key string }) error {
		f.EntryPoints[e.Key] = true
		return nil
	})
}

func decodeTold(told map[string][]access.Holding, column []byte) error {
	return decodeRows(column, func(t struct{ User, Access string }) error {
		held, err := decodeHoldings(t.Access)
		told[t.User] = held
		return err
	})
}

// decodeHoldings reads what the vendor was told of somebody; "" is nothing.
func decodeHoldings(text string) ([]access.Holding, error) {
	if text == "" {
		return nil, nil
	}
	var held []access.Holding
	if err := json.Unmarshal([]byte(text), &held); err != nil {
		return nil, fmt.Errorf("decode access: %w", err)
	}
	return held, nil
}
