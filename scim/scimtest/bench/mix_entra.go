package bench

// entraTalks is a day of Entra ID between two full cycles, in the form that
// conforms to the RFC (its flag aadOptscim062020), so that any server can be
// measured: whoever changed in the source is looked up by the matching attribute
// and patched; groups are read without their members and changed by the member.
var entraTalks = []conversation{
	{40, (*worker).entraChange},
	{15, func(w *worker) { w.find(stepFind, "") }}, // it changed in the source, but in nothing that is mapped
	{10, func(w *worker) { w.joiner("") }},
	{15, (*worker).entraLeaver},
	{20, (*worker).entraMember},
}

func (w *worker) entraDay() { w.chosen(entraTalks)(w) }

// entraChange is a new title and department: one operation for each attribute.
func (w *worker) entraChange() {
	t, k, ok := w.find(stepFind, "")
	if !ok {
		return
	}
	n := w.rnd.IntN(len(titles))
	w.operations = appendText(w.operations[:0], `{"op":"replace","path":"title","value":"`, titles[n], `"},`)
	w.operations = appendText(w.operations, `{"op":"replace","path":"`+enterpriseSchema+`:department","value":"`, departments[n], `"}`)
	w.body = appendPatch(w.body[:0], w.operations)
	w.patchUser(t, k)
	w.settle(stepUpdate)
}

// entraLeaver deactivates somebody, or has them back.
func (w *worker) entraLeaver() {
	if t, k, ok := w.find(stepFind, ""); ok {
		w.activate(t, k, stepActivate, `{"op":"replace","path":"active","value":`, `}`)
	}
}

// entraMember puts somebody into a group and takes them out again.
func (w *worker) entraMember() {
	g := w.team()
	for _, s := range []step{stepMemberAdd, stepMemberRemove} {
		w.at("/Groups/", g.id, "?excludedAttributes=members").ask(g.at, "GET").want(200).text(idKey, []byte(g.id))
		if !w.settle(stepGroupRead) {
			return
		}
		w.operations = appendMembers(w.operations[:0], s == stepMemberAdd, &g.at.people, w.spare(g), 1)
		w.body = appendPatch(w.body[:0], w.operations)
		w.patchGroup(g)
		w.settle(s)
	}
}
