package requestlog

import "github.com/roster-scim/roster/tenants/privacy"

// Masked is the line for those who may not see personal data: whatever is told
// of it, in sentences too, then says what happened without saying to whom. The
// line itself stays as it is.
func (l *Line) Masked() *Line {
	masked := *l
	about := subjectOf(l)
	masked.Path = privacy.StrictPath(l.Path)
	masked.Subject = nameOfResource(l.ResourceType, l.Subject)
	masked.Detail = l.Detail.masked()
	masked.RequestBody = strictBody(l.RequestBody, about)
	masked.ResponseBody = strictBody(l.ResponseBody, about)
	return &masked
}

func subjectOf(l *Line) privacy.Subject {
	if l.ResourceType != "" {
		return privacy.SubjectOf(l.ResourceType)
	}
	return privacy.Person
}

func strictBody(body string, about privacy.Subject) string {
	if about == privacy.Control { // a tenant's own type of that name
		about = privacy.Person
	}
	masked, _ := privacy.Body([]byte(body), 2*maxBody, privacy.Strict, about)
	return masked
}

// nameOfResource is a name without telling whose it is; that of a group stays.
func nameOfResource(resourceType, name string) string {
	if privacy.SubjectOf(resourceType) == privacy.Group {
		return name
	}
	return privacy.Name(name)
}

func (d Detail) masked() Detail {
	if d.Lookup != nil {
		lookup := *d.Lookup
		lookup.Attribute, lookup.Value = privacy.StrictAttribute(lookup.Attribute), privacy.Value(lookup.Value)
		d.Lookup = &lookup
	}
	if d.Members != nil {
		members := *d.Members
		members.Names = values(members.Names)
		d.Members = &members
	}
	if d.Error != nil {
		refusal := *d.Error
		refusal.Detail = privacy.StrictDetail(refusal.Detail)
		d.Error = &refusal
	}
	d.Effects = append([]Effect(nil), d.Effects...)
	for i := range d.Effects {
		e := &d.Effects[i]
		e.Name = nameOfResource(e.ResourceType, e.Name)
		e.AddedIDs, e.RemovedIDs = values(e.AddedIDs), values(e.RemovedIDs)
	}
	return d
}

func values(list []string) []string {
	var masked []string
	for _, v := range list {
		masked = append(masked, privacy.Value(v))
	}
	return masked
}
