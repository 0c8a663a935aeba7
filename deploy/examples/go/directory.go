package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/roster-scim/roster/portal/client"
)

// directory is the app's copy of a tenant, together with the place that it shows.
// Your app has tables for it, and a transaction where this has a file.
type directory struct {
	Cursor  string                     `json:"cursor"`
	Users   map[string]json.RawMessage `json:"users"`   // by id
	Groups  map[string]json.RawMessage `json:"groups"`  // by id
	Members map[string]map[string]bool `json:"members"` // group → users and groups
	Access  map[string]json.RawMessage `json:"access"`  // user → what they hold
}

func newDirectory() *directory {
	return &directory{Users: map[string]json.RawMessage{}, Groups: map[string]json.RawMessage{},
		Members: map[string]map[string]bool{}, Access: map[string]json.RawMessage{}}
}

// load returns the copy in a file, an empty one if there is none.
func load(file string) (*directory, error) {
	d := newDirectory()
	text, err := os.ReadFile(file) //nolint:gosec // the path is the caller's own
	if errors.Is(err, fs.ErrNotExist) {
		return d, nil
	}
	if err == nil {
		err = json.Unmarshal(text, d)
	}
	return d, err
}

// save replaces the file in one step: copy and place change together.
func (d *directory) save(file string) error {
	text, err := json.MarshalIndent(d, "", "  ")
	if err == nil {
		err = os.WriteFile(file+".next", text, 0o600) //nolint:gosec // so here
	}
	if err == nil {
		err = os.Rename(file+".next", file) //nolint:gosec // and here
	}
	return err
}

// line takes a line of a snapshot.
func (d *directory) line(l client.Line) error {
	var about struct {
		ID     string `json:"id"`
		UserID string `json:"user_id"`
	}
	if len(l.Data) > 0 {
		if err := json.Unmarshal(l.Data, &about); err != nil {
			return err
		}
	}
	switch l.Type {
	case client.LineUser:
		d.Users[about.ID] = l.Data
	case client.LineGroup:
		d.Groups[about.ID] = l.Data
	case client.LineMembers:
		d.change(l.GroupID, l.Members, true)
	case client.LineAccess:
		d.Access[about.UserID] = l.Data
	}
	return nil
}

// event applies an event. To apply it twice changes nothing.
func (d *directory) event(e client.Event) error {
	var data struct {
		ID     string `json:"id"`
		UserID string `json:"user_id"`
		Group  struct {
			ID string `json:"id"`
		} `json:"group"`
		Members []client.Member `json:"members"`
	}
	if err := e.Decode(&data); err != nil {
		return err
	}
	switch e.Type {
	case "user.created", "user.updated", "user.deactivated", "user.reactivated":
		d.Users[data.ID] = e.Data
	case "user.deleted":
		delete(d.Users, data.ID)
		delete(d.Access, data.ID)
	case "user.access_changed":
		d.Access[data.UserID] = e.Data
	case "group.created", "group.updated":
		d.Groups[data.ID] = e.Data
	case "group.deleted":
		delete(d.Groups, data.ID)
		delete(d.Members, data.ID)
	case "group.member_added", "group.member_removed":
		d.change(data.Group.ID, data.Members, strings.HasSuffix(e.Type, "added"))
	}
	return nil
}

func (d *directory) change(group string, members []client.Member, are bool) {
	if d.Members[group] == nil {
		d.Members[group] = map[string]bool{}
	}
	for _, m := range members {
		if are {
			d.Members[group][m.Value] = true
		} else {
			delete(d.Members[group], m.Value)
		}
	}
}
