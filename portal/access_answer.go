package portal

import (
	"cmp"

	"github.com/roster-scim/roster/portal/api"
	"github.com/roster-scim/roster/tenants"
	"github.com/roster-scim/roster/tenants/access"
)

func userAccessOf(u *access.UserAccess) api.UserAccess {
	return api.UserAccess{
		UserID: u.ID, Active: u.Active, Access: answers(u.Access, accessOf),
		WhyNone: answers(u.None, func(w access.Why) api.Message { return api.Message{Code: w.Code, Message: w.Message} }),
	}
}

func accessOf(l access.Line) api.Access {
	reason := func(r access.Reason) api.AccessReason {
		answer := api.AccessReason{Kind: api.AccessReasonKind(r.Kind), Via: r.Via, By: orNull(r.By), Since: r.Since, Wins: l.Wins}
		if r.Kind == access.ByMapping {
			answer.Group = &api.ReasonGroup{ID: r.Group, Name: r.Name, Direct: r.Direct}
		}
		return answer
	}
	return api.Access{EntryPoint: l.EntryPoint, Role: heldRoleOf(l.Role), Reasons: answers(l.Reasons, reason)}
}

func heldRoleOf(r access.Role) api.RoleRef {
	return api.RoleRef{Key: r.Key, Name: r.Name, Rank: int(r.Rank)}
}

// grantsOf are the items of a list for one user.
func grantsOf(u *access.UserAccess) []api.AccessGrant {
	user := personOf(u.Person)
	user.Active = u.Active
	return answers(u.Access, func(l access.Line) api.AccessGrant {
		return api.AccessGrant{User: user, EntryPoint: l.EntryPoint, Role: heldRoleOf(l.Role)}
	})
}

// personOf is a user in short.
func personOf(p access.Person) api.UserReference {
	return api.UserReference{ID: p.ID, UserName: p.UserName, Name: cmp.Or(p.Name, p.UserName), Active: p.Active}
}

func mappingOf(m access.ListedMapping) api.RoleMapping {
	return api.RoleMapping{
		Group:      api.MappedGroup{ID: m.GroupID, Name: m.GroupName, Exists: !m.NoGroup},
		EntryPoint: m.EntryPoint, Role: m.Role, Effective: m.WhyNot == "", WhyNot: orNull(m.WhyNot),
		CreatedBy: orNull(cmp.Or(m.CreatedByName, m.CreatedBy)), CreatedAt: m.CreatedAt,
	}
}

func countOf(c access.Count) api.AccessChange {
	return api.AccessChange{EntryPoint: c.EntryPoint, Role: c.Role, Count: c.Count}
}

func previewOf(p *access.Plan) api.RoleMappingPreview {
	return api.RoleMappingPreview{
		PeopleTotal: p.Changed, Gains: answers(p.Gains, countOf), Losses: answers(p.Losses, countOf),
		Changes: answers(p.Changes, func(c access.PersonChange) api.UserAccessChange {
			return api.UserAccessChange{User: personOf(c.Person), Before: answers(c.Before, roleAt), After: answers(c.After, roleAt)}
		}),
		Refusals: answers(p.Refusals, func(r *tenants.RefusedError) api.Message { return api.Message{Code: r.Code, Message: r.Reason} }),
	}
}

func assignmentOf(a *access.Assignment) api.Assignment {
	return api.Assignment{
		ID: a.ID.String(), User: personOf(a.User), EntryPoint: a.EntryPoint, Role: a.Role,
		CreatedBy: orNull(cmp.Or(a.CreatedByName, a.CreatedBy)), CreatedAt: a.CreatedAt,
	}
}

func entryPointOf(e *access.EntryPoint) api.EntryPoint {
	answer := api.EntryPoint{Key: e.Key, Name: e.Name, Description: e.Description}
	if !e.CreatedAt.IsZero() {
		answer.CreatedAt = &e.CreatedAt
	}
	return answer
}

func jobOf(j *access.Job) api.Job {
	answer := api.Job{
		ID: j.ID.String(), Kind: string(j.Kind), State: api.JobState(j.State), Done: j.Done, Total: j.Total,
		CreatedAt: j.CreatedAt, Subject: orNull(j.Subject),
	}
	if !j.FinishedAt.IsZero() {
		answer.FinishedAt = &j.FinishedAt
	}
	return answer
}
