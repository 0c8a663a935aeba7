package conformance

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func bulkReferences() []Requirement {
	return area("Bulk references", []Feature{Bulk},
		must("7644-3.7.2-01", "A bulkId in the members of a group stands for the resource that the job created.", func(p *probe) {
			a := p.bulk(p.bulkUser("u", nil), p.bulkGroup("g", "bulkId:u")).status(200)
			user, group := p.created(a, "u"), p.created(a, "g")
			p.get(group).status(200).values("members", "value", lastPart(user))
		}).when(Groups).needs("group:members.value"),
		must("7644-3.7.2-02", "A bulkId may be used before the operation that it names.", func(p *probe) {
			a := p.bulk(p.bulkGroup("g", "bulkId:u"), p.bulkUser("u", nil)).status(200)
			user, group := p.created(a, "u"), p.created(a, "g")
			p.get(group).status(200).values("members", "value", lastPart(user))
		}).when(Groups).needs("group:members.value"),
		must("7644-3.7.2-03", "bulkIds and ids may be mixed in one list of members.", func(p *probe) {
			there := p.user(nil)
			a := p.bulk(p.bulkUser("u", nil), p.bulkGroup("g", "bulkId:u", there.id)).status(200)
			user, group := p.created(a, "u"), p.created(a, "g")
			p.get(group).status(200).values("members", "value", lastPart(user), there.id)
		}).when(Groups).needs("group:members.value"),
		must("7644-3.7.2-04", "A bulkId in the value of a PATCH is resolved.", func(p *probe) {
			g := p.group()
			a := p.bulk(p.bulkUser("u", nil), doc{"method": "PATCH", "path": g.at,
				"data": patchOp(add("members", []any{doc{"value": "bulkId:u"}}))}).status(200)
			p.read(g).values("members", "value", lastPart(p.created(a, "u")))
		}).when(Groups, Patch).needs("group:members.value"),
		must("7644-3.7.2-05", "A bulkId in an extension is resolved: the manager.", func(p *probe) {
			a := p.bulk(p.bulkUser("boss", nil), p.bulkUser("clerk", doc{enterpriseURN: doc{"manager": doc{"value": "bulkId:boss"}}})).status(200)
			boss, clerk := p.created(a, "boss"), p.created(a, "clerk")
			p.get(clerk).status(200).is(enterpriseURN+"/manager/value", lastPart(boss))
		}).when(Enterprise).needs("enterprise:manager.value"),
		must("7644-3.7.1-01", "Resources that refer to each other are both created, or refused with 409.", func(p *probe) {
			manager := func(of string) doc { return doc{enterpriseURN: doc{"manager": doc{"value": "bulkId:" + of}}} }
			a := p.bulk(p.bulkUser("a", manager("b")), p.bulkUser("b", manager("a"))).status(200, 409)
			if a.reply.status == 409 || slices.Contains(statuses(a), "409") {
				return
			}
			one, two := p.created(a, "a"), p.created(a, "b")
			p.get(one).status(200).is(enterpriseURN+"/manager/value", lastPart(two))
			p.get(two).status(200).is(enterpriseURN+"/manager/value", lastPart(one))
		}).when(Enterprise).needs("enterprise:manager.value"),
		must("7644-3.7.1-02", "Groups that are members of each other are both created, or refused with 409.", func(p *probe) {
			a := p.bulk(p.bulkGroup("a", "bulkId:b"), p.bulkGroup("b", "bulkId:a")).status(200, 409)
			a.expect(a.reply.status == 409 || len(statuses(a)) == 2, "two results", at(a.value, "Operations"))
			for _, status := range statuses(a) {
				a.expect(status == "201" || status == "409", "201 or 409 of each", statuses(a))
			}
		}).when(Groups).needs("group:members.value"),
		should("7644-3.7.2-06", "A bulkId that names no operation fails the one that uses it, and no other.", func(p *probe) {
			a := p.bulk(p.bulkGroup("g", "bulkId:nothing"), p.bulkUser("u", nil)).status(200)
			failed := statusOf(a.element("Operations", "bulkId", "g"))
			a.expect(failed == "400" || failed == "409", "status 400 or 409 of the group", failed)
			p.get(p.created(a, "u")).status(200)
		}).when(Groups).needs("group:members.value"),
		must("7644-3.7.2-07", "The text bulkId: is in no resource once the job is done.", func(p *probe) {
			a := p.bulk(p.bulkUser("u", nil), p.bulkGroup("g", "bulkId:u")).status(200)
			g := p.get(p.created(a, "g")).status(200)
			g.expect(!strings.Contains(string(g.reply.body), "bulkId:"), "no bulkId", at(g.value, "members"))
		}).when(Groups).needs("group:members.value"),
	)
}

func lastPart(path string) string { return path[strings.LastIndex(path, "/")+1:] }

func bulkLimits() []Requirement {
	return area("Bulk limits", []Feature{Bulk},
		must("7644-3.7.4-01", "The server announces a maximum of operations and a maximum size, both above 0.", func(p *probe) {
			a := p.configuration()
			a.expect(a.number("bulk/maxOperations") > 0, "maxOperations above 0", at(a.value, "bulk"))
			a.expect(a.number("bulk/maxPayloadSize") > 0, "maxPayloadSize above 0", at(a.value, "bulk"))
		}),
		must("7644-3.7.4-02", "More operations than allowed answer 413.", func(p *probe) { p.tooMany().refused(413) }),
		must("7644-3.7.4-03", "The answer to more operations than allowed names the limit.", func(p *probe) {
			most, _ := integer(at(p.config, "bulk/maxOperations"))
			p.tooMany().namesLimit(most)
		}),
		must("7644-3.7.4-04", "A larger job than allowed answers 413.", func(p *probe) { p.tooLarge().refused(413) }),
		must("7644-3.7.4-05", "The answer to a larger job than allowed names the limit.", func(p *probe) {
			most, _ := integer(at(p.config, "bulk/maxPayloadSize"))
			p.tooLarge().namesLimit(most)
		}),
		must("7644-3.7.4-06", "A job that exceeds a limit is not carried out in part.", func(p *probe) {
			body := p.bulkUser("u", nil)
			operations := append([]doc{body}, p.excess()...)
			p.bulk(operations...)
			u, _ := at(body, "data").(doc)
			p.absent(u)
		}).when(Filter),
	)
}

const (
	mostOperations = 20_000   // that the suite sends at once
	mostPayload    = 16 << 20 // bytes
)

// tooMany sends one operation more than the server allows. They delete users
// who do not exist, so that nothing happens where the limit does not hold.
func (p *probe) tooMany() *answer { return p.bulk(p.excess()...) }

func (p *probe) excess() []doc {
	most, ok := integer(at(p.config, "bulk/maxOperations"))
	if !ok || most <= 0 || most > mostOperations {
		p.skip("maxOperations is not announced, or too high to be tried")
		return nil
	}
	out := make([]doc, most+1)
	for i := range out {
		out[i] = doc{"method": "DELETE", "path": fmt.Sprintf("%s/%s-none-%d", p.users.endpoint, p.id, i)}
	}
	return out
}

// tooLarge sends one operation in a body that blanks make too large.
func (p *probe) tooLarge() *answer {
	most, ok := integer(at(p.config, "bulk/maxPayloadSize"))
	if !ok || most <= 0 || most > mostPayload {
		p.skip("maxPayloadSize is not announced, or too high to be tried")
		return p.get("")
	}
	one := fmt.Sprintf(`{"schemas":[%q],"Operations":[{"method":"DELETE","path":"%s/%s-none"}]`, bulkURN, p.users.endpoint, p.id)
	return p.post("/Bulk", one+strings.Repeat(" ", most)+"}")
}

// namesLimit expects the limit in the body of the error.
func (a *answer) namesLimit(most int) {
	a.status(413)
	a.expect(strings.Contains(digits(string(a.reply.body)), strconv.Itoa(most)), "the limit "+strconv.Itoa(most)+" in the body", clipped(string(a.reply.body)))
}

// digits takes out what separates thousands.
func digits(s string) string {
	return strings.NewReplacer(",", "", ".", "", "_", "", " ", "").Replace(s)
}
