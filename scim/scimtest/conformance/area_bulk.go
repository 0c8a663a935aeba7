package conformance

import (
	"slices"
	"strings"
)

func bulkJobs() []Requirement {
	return area("Bulk", []Feature{Bulk},
		must("7644-3.7-01", "A bulk job answers 200 with a BulkResponse.", func(p *probe) {
			a := p.bulk(p.bulkUser("one", nil)).status(200).json()
			a.expect(containsFold(texts(at(a.value, "schemas"), ""), bulkAnswerURN), "schemas with "+bulkAnswerURN, at(a.value, "schemas"))
		}),
		must("7644-3.7.3-01", "The answer holds the result of each operation.", func(p *probe) {
			a := p.bulk(p.bulkUser("one", nil), p.bulkUser("two", nil), p.bulkUser("three", nil)).status(200)
			a.length("Operations", 3)
		}),
		must("7644-3.7-02", "The result of a POST repeats its bulkId.", func(p *probe) {
			a := p.bulk(p.bulkUser("one", nil), p.bulkUser("two", nil)).status(200)
			a.values("Operations", "bulkId", "one", "two")
		}),
		must("7644-3.7.3-02", "The status of a result is what a single request would have answered: 201 for a POST.", func(p *probe) {
			a := p.bulk(p.bulkUser("one", nil)).status(200)
			a.result("one", "201")
		}),
		must("7644-3.7.3-03", "The result of a POST that worked has the location of the new resource.", func(p *probe) {
			op := p.bulkUser("one", nil)
			where := p.created(p.bulk(op).status(200), "one")
			p.get(where).status(200).is("userName", at(op, "data/userName"))
		}),
		must("7644-3.7-03", "An operation that fails does not keep the others from being carried out.", func(p *probe) {
			taken := p.user(nil)
			a := p.bulk(p.bulkUser("bad", doc{"userName": taken.name}), p.bulkUser("good", nil)).status(200)
			a.result("bad", "409")
			p.get(p.created(a, "good")).status(200)
		}),
		must("7644-3.7-04", "The result of an operation that failed holds the error in response.", func(p *probe) {
			taken := p.user(nil)
			a := p.bulk(p.bulkUser("bad", doc{"userName": taken.name})).status(200)
			e := at(a.result("bad", "409"), "response")
			a.expect(containsFold(texts(at(e, "schemas"), ""), errorURN), "an error in response", e)
			a.expect(same(at(e, "status"), "409"), `the status "409" in response`, e)
		}),
		must("7644-3.7.3-04", "The result of a POST that failed has no location, that of others has one.", func(p *probe) {
			u := p.user(nil)
			a := p.bulk(p.bulkUser("bad", doc{"userName": u.name}), doc{"method": "PUT", "path": u.at, "data": p.person(doc{"userName": nil})}).status(200)
			a.expect(at(a.result("bad", "409"), "location") == nil, "no location", at(a.value, "Operations"))
			a.expect(len(p.resultsAt(a, u)) == 1, "the failed PUT with the location of the user", at(a.value, "Operations"))
		}),
		must("7644-3.7-05", "PUT within a bulk job replaces a resource.", func(p *probe) {
			u := p.user(nil)
			a := p.bulk(doc{"method": "PUT", "path": u.at, "data": p.person(doc{"userName": u.name, "displayName": "Ida"})}).status(200)
			p.worked(a, u, "200")
			p.read(u).is("displayName", "Ida")
		}).needs("displayName"),
		must("7644-3.7-06", "PATCH within a bulk job modifies a resource.", func(p *probe) {
			u := p.user(nil)
			a := p.bulk(doc{"method": "PATCH", "path": u.at, "data": patchOp(replace("displayName", "Ida"))}).status(200)
			p.worked(a, u, "200", "204")
			p.read(u).is("displayName", "Ida").is("userName", u.name)
		}).when(Patch).needs("displayName"),
		must("7644-3.7-07", "DELETE within a bulk job deletes a resource.", func(p *probe) {
			u := p.user(nil)
			p.worked(p.bulk(doc{"method": "DELETE", "path": u.at}).status(200), u, "204")
			p.get(u.at).status(404)
		}),
		must("7644-3.7-08", "Without failOnErrors a job goes on whatever fails.", func(p *probe) {
			taken := p.user(nil)
			bad := doc{"userName": taken.name}
			a := p.bulk(p.bulkUser("b1", bad), p.bulkUser("b2", bad), p.bulkUser("b3", bad), p.bulkUser("good", nil)).status(200)
			p.get(p.created(a, "good")).status(200)
		}),
		must("7644-3.7-09", "failOnErrors ends a job after so many errors.", func(p *probe) {
			taken := p.user(nil)
			after := p.bulkUser("after", nil)
			a := p.bulkFail(1, p.bulkUser("bad", doc{"userName": taken.name}), after).status(200)
			a.result("bad", "409")
			p.query(p.users.endpoint, "filter", "userName eq "+quoted(at(after, "data/userName").(string))).status(200).is("totalResults", 0) //nolint:forcetypeassert // made by bulkUser
		}).when(Filter),
		must("7644-3.7-10", "failOnErrors tolerates fewer errors than it says.", func(p *probe) {
			taken := p.user(nil)
			a := p.bulkFail(2, p.bulkUser("bad", doc{"userName": taken.name}), p.bulkUser("after", nil)).status(200)
			p.get(p.created(a, "after")).status(200)
		}),
		must("7644-3.7-11", "An operation whose version is outdated fails with 412.", func(p *probe) {
			u, old := p.outdated()
			a := p.bulk(doc{"method": "PUT", "path": u.at, "version": old, "data": p.person(doc{"userName": u.name, "displayName": "Third"})}).status(200)
			p.worked(a, u, "412")
			p.read(u).is("displayName", "Second")
		}).when(ETag).needs("displayName"),
		must("7644-3.7-12", "An operation on a resource that does not exist fails with 404.", func(p *probe) {
			nobody := &resource{at: p.users.endpoint + "/" + p.label("none")}
			a := p.bulk(doc{"method": "DELETE", "path": nobody.at}).status(200)
			a.expect(slices.Equal(statuses(a), []string{"404"}), "one result with status 404", at(a.value, "Operations"))
		}),
		should("7644-3.7-13", "A POST without a bulkId is refused.", func(p *probe) {
			op := p.bulkUser("one", nil)
			delete(op, "bulkId")
			a := p.bulk(op).status(200, 400)
			a.expect(a.reply.status == 400 || slices.Equal(statuses(a), []string{"400"}), "status 400 of the job or of the operation", at(a.value, "Operations"))
		}),
		must("7644-3.7-14", "A job that is not JSON answers 400 invalidSyntax.", func(p *probe) {
			p.post("/Bulk", `{"Operations":[`).refused(400, "invalidSyntax")
		}),
	)
}

// bulk sends a job.
func (p *probe) bulk(operations ...doc) *answer { return p.bulkFail(0, operations...) }

func (p *probe) bulkFail(errors int, operations ...doc) *answer {
	all := make([]any, len(operations))
	for i, o := range operations {
		all[i] = o
	}
	job := doc{"schemas": []any{bulkURN}, "Operations": all}
	if errors > 0 {
		job["failOnErrors"] = errors
	}
	return p.post("/Bulk", job)
}

// bulkUser is the operation that creates a user.
func (p *probe) bulkUser(bulkID string, extra doc) doc {
	return doc{"method": "POST", "path": p.users.endpoint, "bulkId": bulkID, "data": p.person(extra)}
}

// bulkGroup is the operation that creates a group of members that may be
// bulkId references.
func (p *probe) bulkGroup(bulkID string, members ...string) doc {
	values := make([]any, len(members))
	for i, m := range members {
		values[i] = doc{"value": m}
	}
	return doc{"method": "POST", "path": p.groups.endpoint, "bulkId": bulkID, "data": p.team(doc{"members": values})}
}

// result expects the result of a bulkId to have a status, and returns it.
func (a *answer) result(bulkID string, status string) doc {
	op := a.element("Operations", "bulkId", bulkID)
	a.expect(statusOf(op) == status, "status "+status+" of "+bulkID, op)
	return op
}

// created expects a POST to have worked and returns where the resource is.
func (p *probe) created(a *answer, bulkID string) string {
	location, _ := at(a.result(bulkID, "201"), "location").(string)
	where := p.below(location)
	a.expect(where != "", "the location of "+bulkID, show(location))
	return where
}

// resultsAt are the results of operations on a resource.
func (p *probe) resultsAt(a *answer, r *resource) []doc {
	var out []doc
	for _, op := range elements(at(a.value, "Operations")) {
		if location, _ := at(op, "location").(string); p.below(location) == r.at {
			out = append(out, op)
		}
	}
	return out
}

// worked expects the one operation on a resource to have one of the statuses.
func (p *probe) worked(a *answer, r *resource, allowed ...string) {
	all := p.resultsAt(a, r)
	ok := len(all) == 1 && slices.Contains(allowed, statusOf(all[0]))
	a.expect(ok, "one result with the location of the user and status "+strings.Join(allowed, " or "), at(a.value, "Operations"))
}

// statusOf reads a result's status, which RFC 7644 shows as a string and, in
// section 3.7.3, as an object with a code.
func statusOf(op doc) string {
	status := at(op, "status")
	if o, ok := status.(doc); ok {
		status = at(o, "code")
	}
	text, _ := status.(string)
	return text
}

func statuses(a *answer) []string {
	all := elements(at(a.value, "Operations"))
	out := make([]string, len(all))
	for i, op := range all {
		out[i] = statusOf(op)
	}
	return out
}
