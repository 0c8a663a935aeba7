package scim

import "github.com/roster-scim/roster/scim/schema"

// Effects collects what the writes of one request have changed, for whoever
// keeps a log of requests. Nobody who asks is a nil *Effects; its methods do
// nothing then. It serves one goroutine, as a request does.
type Effects struct {
	list []Effect
	more int
}

// maxEffects bounds what is collected. A bulk request has up to
// MaxBulkOperations of them.
const maxEffects = 64

// EffectAction is what became of a resource.
type EffectAction string

// The actions.
const (
	EffectCreated     EffectAction = "created"
	EffectUpdated     EffectAction = "updated"
	EffectDeactivated EffectAction = "deactivated"
	EffectReactivated EffectAction = "reactivated"
	EffectDeleted     EffectAction = "deleted"
	EffectAdopted     EffectAction = "adopted" // somebody who was there without provisioning
)

// Effect is what one write has changed of one resource.
type Effect struct {
	Action       EffectAction
	ResourceType string
	ID           string
	Name         string   // what people call the resource
	Attributes   []string // that changed, sorted; none with EffectCreated and EffectDeleted

	// Members that came and went, and those that the write named and left waiting.
	Added, Removed, Pending int
	AddedIDs, RemovedIDs    []string // some of them

	Person *PersonValues // of a user that is there after the write
}

// PersonValues is what tells whether an identity provider's attribute mapping
// makes sense.
type PersonValues struct {
	UserName   string
	ExternalID string
	Emails     []string
	Active     bool
	Named      bool // there is a name to show besides userName
}

// Add notes a change that was written; nil is none.
func (e *Effects) Add(effect *Effect) {
	switch {
	case e == nil || effect == nil:
	case len(e.list) < maxEffects:
		e.list = append(e.list, *effect)
	default:
		e.more++
	}
}

// List returns the first changes, in order, and how many there were besides.
func (e *Effects) List() (list []Effect, more int) {
	if e == nil {
		return nil, 0
	}
	return e.list, e.more
}

// mark is a place that undo goes back to: what came behind it did not happen.
func (e *Effects) mark() (place [2]int) {
	if e == nil {
		return place
	}
	return [2]int{len(e.list), e.more}
}

func (e *Effects) undo(place [2]int) {
	if e != nil {
		e.list, e.more = e.list[:place[0]], place[1]
	}
}

// PersonOf reads them from the document of a user; of other types it is nil.
func PersonOf(t *schema.ResourceType, doc map[string]any) *PersonValues {
	if t.Schema != schema.UserURN {
		return nil
	}
	p := &PersonValues{Emails: emailsOf(doc)}
	p.UserName, _ = doc["userName"].(string)
	p.ExternalID, _ = doc["externalId"].(string)
	p.Active, _ = doc["active"].(bool)
	display, _ := doc["displayName"].(string)
	name, _ := doc["name"].(map[string]any)
	p.Named = display != "" || len(name) > 0
	return p
}

func emailsOf(doc map[string]any) []string {
	var values []string
	emails, _ := doc["emails"].([]any)
	for _, item := range emails {
		email, _ := item.(map[string]any)
		if value, _ := email["value"].(string); value != "" {
			values = append(values, value)
		}
	}
	return values
}
