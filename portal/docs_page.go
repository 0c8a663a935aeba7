package portal

import (
	"net/http"
	"strings"
)

// docPage is the documentation as its template writes it.
type docPage struct {
	Title    string
	About    []docBlock
	Contents []docBlock // the headings of About
	Security []docSecurityRow
	Groups   []docGroup
	Errors   []docFailure
	Objects  []docObject
}

type docSecurityRow struct {
	Name  string
	How   string
	About []docSpan
}

// docGroup has the operations of one tag.
type docGroup struct {
	Name, Anchor string
	About        []docBlock
	Calls        []docCall
}

// docCall is one operation.
type docCall struct {
	ID, Anchor, Method, Path, Summary string

	About      []docBlock
	Permission string // "" if none is needed
	Access     string // in words, if none is needed
	Filtered   bool
	Parameters []docParameters
	Body       *docBody
	Answers    []docAnswer
	Conflicts  []docConflict
	Failures   []docFailure
	Command    string // for a shell
}

// docParameters are the parameters of one place: the path, the query, headers.
type docParameters struct {
	Place, Title string
	Rows         []docRow
}

type docBody struct {
	Media, Example string
	Type           docType
	Rows           []docRow
}

type docAnswer struct {
	Status, Media, Example string
	About                  []docSpan
	Type                   *docType
	Rows                   []docRow
}

type docConflict struct {
	Code  string
	About []docSpan
}

// docFailure is an error that operations share.
type docFailure struct {
	Status, Name, Anchor, Code string
	About                      []docSpan
	Example                    string
}

// page works the documentation out.
func (s *docSource) page() *docPage {
	page := &docPage{Title: s.Info.Title, About: docBlocks(s.Info.Description), Objects: s.objects()}
	for _, block := range page.About {
		if block.Heading != "" {
			page.Contents = append(page.Contents, block)
		}
	}
	for _, e := range s.Components.SecuritySchemes {
		how := "Cookie " + e.Value.Name
		if e.Value.Type == "http" {
			how = "Authorization: Bearer …"
		}
		page.Security = append(page.Security, docSecurityRow{e.Key, how, docSpans(e.Value.Description)})
	}
	for _, tag := range s.Tags {
		group := docGroup{Name: tag.Name, Anchor: anchor("tag", tag.Name), About: docBlocks(tag.Description)}
		group.Calls = s.calls(tag.Name)
		page.Groups = append(page.Groups, group)
	}
	for _, e := range s.Components.Responses {
		page.Errors = append(page.Errors, s.failure(s.statusOf(e.Key), e.Key))
	}
	return page
}

// calls are the operations of a tag.
func (s *docSource) calls(tag string) []docCall {
	var list []docCall
	for _, path := range s.Paths {
		for _, o := range path.Value.operations() {
			if len(o.Value.Tags) > 0 && o.Value.Tags[0] == tag {
				list = append(list, s.call(o.Key, path.Key, path.Value.Parameters, o.Value))
			}
		}
	}
	return list
}

func (s *docSource) call(method, path string, shared []docParameter, o *docOperation) docCall {
	call := docCall{
		ID: o.ID, Anchor: anchor("operation", o.ID), Method: method, Path: path, Summary: o.Summary,
		About: docBlocks(o.Description), Filtered: o.Connection == "filtered",
		Parameters: s.parameters(append(append([]docParameter(nil), shared...), o.Parameters...)),
	}
	switch o.Permission {
	case forAnybody:
		call.Access = "Anybody may call it; no credential is needed."
	case forPrincipal:
		call.Access = "Whoever has an API key or a session may call it."
	default:
		call.Permission = o.Permission
	}
	if o.RequestBody != nil {
		call.Body = s.body(o.RequestBody.Content)
	}
	s.answers(&call, o)
	for _, c := range o.Conflicts {
		call.Conflicts = append(call.Conflicts, docConflict{c.Key, docSpans(c.Value)})
	}
	call.Command = command(&call)
	return call
}

func (s *docSource) parameters(list []docParameter) []docParameters {
	places := []docParameters{{Place: "path", Title: "Path"}, {Place: "query", Title: "Query"}, {Place: "header", Title: "Header"}}
	for _, p := range list {
		p = s.parameter(p)
		row := s.row(p.Name, p.Schema)
		row.Required, row.About = p.Required, docSpans(p.Description)
		if p.In == "path" {
			row.Pattern = "" // ids and keys are explained at the start
		}
		for i := range places {
			if places[i].Place == p.In {
				places[i].Rows = append(places[i].Rows, row)
			}
		}
	}
	var used []docParameters
	for _, place := range places {
		if len(place.Rows) > 0 {
			used = append(used, place)
		}
	}
	return used
}

func (s *docSource) body(content ordered[docMedia]) *docBody {
	if len(content) == 0 {
		return nil
	}
	media := content[0] // no operation takes several kinds
	_, at := s.schema(media.Value.Schema)
	body := &docBody{Media: media.Key, Type: s.docType(media.Value.Schema), Rows: s.rows(at)}
	body.Example = s.exampleOf(media.Value)
	if strings.HasSuffix(media.Key, "urlencoded") {
		body.Example = formExample(s, at)
	}
	return body
}

// formExample writes the members that are needed, one a line.
func formExample(s *docSource, schema *docSchema) string {
	var lines []string
	for _, row := range s.rows(schema) {
		if row.Required {
			_, at := s.schema(schema.Properties.get(row.Name))
			text, _ := s.example(at).(string)
			lines = append(lines, row.Name+"="+text)
		}
	}
	return strings.Join(lines, "\n&")
}

// answers splits what an operation may answer into what it is for and errors.
func (s *docSource) answers(call *docCall, o *docOperation) {
	for _, e := range o.Responses {
		if e.Value.Ref != "" {
			call.Failures = append(call.Failures, s.failure(e.Key, refName(e.Value.Ref)))
			continue
		}
		answer := docAnswer{Status: e.Key, About: docSpans(e.Value.Description)}
		if len(e.Value.Content) > 0 {
			media := e.Value.Content[0]
			_, at := s.schema(media.Value.Schema)
			t := s.docType(media.Value.Schema)
			answer.Media, answer.Type, answer.Rows = media.Key, &t, s.rows(at)
			answer.Example = s.exampleOf(media.Value)
			if media.Key != "application/json" {
				answer.Example = s.streamed(media.Value)
			}
		}
		call.Answers = append(call.Answers, answer)
	}
}

// streamed shows how an answer that is no single object looks: as the document's
// example has it, or as one object a line.
func (s *docSource) streamed(media docMedia) string {
	if text, ok := media.Example.(string); ok {
		return text
	}
	fields := strings.Fields(s.exampleText(media.Lines))
	return strings.Join(fields, " ") + "\n…"
}

func (s *docSource) failure(status, name string) docFailure {
	response := s.Components.Responses.get(name)
	failure := docFailure{Status: status, Name: name, Anchor: anchor("error", name), About: docSpans(response.Description)}
	for _, media := range response.Content {
		failure.Example = s.exampleOf(media.Value)
	}
	for _, span := range failure.About {
		if span.Code {
			failure.Code = span.Text
			break
		}
	}
	if status == "409" {
		failure.Code = "" // there are several
	}
	return failure
}

// statusOf is the status that operations give a shared answer.
func (s *docSource) statusOf(name string) string {
	for _, path := range s.Paths {
		for _, o := range path.Value.operations() {
			for _, r := range o.Value.Responses {
				if refName(r.Value.Ref) == name {
					return r.Key
				}
			}
		}
	}
	return ""
}

// command calls the operation from a shell.
func command(call *docCall) string {
	lines := []string{"curl"}
	if call.Method != http.MethodGet {
		lines[0] += " -X " + call.Method
	}
	if call.Permission != "" || call.Access != "" && !strings.HasPrefix(call.Access, "Anybody") {
		lines = append(lines, `-H "Authorization: Bearer $ROSTER_KEY"`)
	}
	path := call.Path
	for _, place := range call.Parameters {
		for _, row := range place.Rows {
			switch {
			case place.Place == "header":
				lines = append(lines, `-H "Idempotency-Key: $(uuidgen)"`)
			case place.Place == "query" && row.Required:
				path += map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + row.Name + "=" + strings.ToUpper(row.Name)
			}
		}
	}
	path = strings.NewReplacer("{", "$", "}", "").Replace(path)
	if call.Body != nil {
		lines = append(lines, `-H "Content-Type: `+call.Body.Media+`"`, "-d @body")
	}
	return strings.Join(append(lines, `"$ROSTER_URL`+path+`"`), " \\\n  ")
}
