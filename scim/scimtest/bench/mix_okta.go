package bench

import "strconv"

// oktaTalks is a day of Okta: whole profiles are read and put back, people are
// deactivated by PATCH, groups are named before each change, and now and then a
// page of the import is read.
var oktaTalks = []conversation{
	{40, (*worker).oktaChange},
	{15, func(w *worker) { w.find(stepFind, oktaList) }},
	{10, func(w *worker) { w.joiner(oktaList) }},
	{15, (*worker).oktaLeaver},
	{15, (*worker).oktaMember},
	{5, (*worker).oktaImport},
}

// oktaList ends every filter of Okta.
const oktaList = "&startIndex=1&count=100"

func (w *worker) oktaDay() { w.chosen(oktaTalks)(w) }

// oktaChange reads somebody and puts the whole profile back, changed.
func (w *worker) oktaChange() {
	t, k, ok := w.getOne(stepRead)
	if !ok {
		return
	}
	id := t.people.id(k)
	w.body = appendUser(w.body[:0], w.run, t, t.people.numbers[k], string(id), w.rnd.IntN(len(titles)))
	w.at("/Users/", string(id)).ask(t, "PUT").want(200).text(idKey, id)
	w.settle(stepReplace)
}

// oktaLeaver deactivates somebody, or has them back: a PATCH without a path.
func (w *worker) oktaLeaver() {
	t, k := w.somebody()
	w.activate(t, k, stepActivate, `{"op":"replace","value":{"active":`, `}}`)
}

// oktaMember names the group, then exchanges one member for another.
func (w *worker) oktaMember() {
	g := w.team()
	w.body = appendPatch(w.body[:0], `{"op":"replace","value":{"id":"`+g.id+`","displayName":"`+g.name+`"}}`)
	w.patchGroup(g)
	if !w.settle(stepGroupRename) {
		return
	}
	in, out := w.spare(g), w.spare(g)+1%w.config.Batch
	if w.swapped = !w.swapped; w.swapped {
		in, out = out, in
	}
	w.operations = appendMembers(w.operations[:0], false, &g.at.people, out, 1)
	w.operations = append(w.operations, ',')
	w.operations = appendMembers(w.operations, true, &g.at.people, in, 1)
	w.body = appendPatch(w.body[:0], w.operations)
	w.patchGroup(g)
	w.settle(stepMemberChange)
}

// oktaImport reads a page of the directory, which others make larger meanwhile.
func (w *worker) oktaImport() {
	t := w.somewhere()
	size := w.config.PageSize
	start := 1 + w.rnd.IntN(max(1, t.total/size))*size
	w.at("/Users?startIndex=", strconv.Itoa(start), "&count=", strconv.Itoa(size))
	w.ask(t, "GET").want(200).users(min(size, t.total), size)
	w.settle(stepList)
}
