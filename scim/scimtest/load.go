package scimtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// maxRepeat bounds how often a step is repeated.
const maxRepeat = 500

// providers are the names that a transcript's provider and settings may have.
var providers = []string{
	"okta", "entra", "onelogin", "jumpcloud", "google", "pingone", "pingfederate",
	"rippling", "cyberark", "salesforce", "aws", "authentik", "generic",
}

// Load reads every .json file under fsys as a transcript, ordered by file name.
// It refuses unknown and duplicate keys, unknown rows and patterns, names used
// twice, and variables that no earlier step saves, so that a typing error cannot
// turn a check off.
func Load(fsys fs.FS) ([]*Transcript, error) {
	var transcripts []*Transcript
	names := map[string]string{}
	err := fs.WalkDir(fsys, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(file) != ".json" {
			return err
		}
		tr, err := loadFile(fsys, file)
		if err != nil {
			return fmt.Errorf("load transcript %s: %w", file, err)
		}
		if other, taken := names[tr.Name]; taken {
			return fmt.Errorf("load transcript %s: %s has the same name %q", file, other, tr.Name)
		}
		names[tr.Name] = file
		transcripts = append(transcripts, tr)
		return nil
	})
	return transcripts, err
}

func loadFile(fsys fs.FS, file string) (*Transcript, error) {
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return nil, err
	}
	if _, err := decode(data); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	d.UseNumber()
	tr := &Transcript{File: file}
	if err := d.Decode(tr); err != nil {
		return nil, err
	}
	if err := tr.validate(); err != nil {
		return nil, err
	}
	if folder := path.Base(path.Dir(file)); folder != "." && folder != tr.Provider {
		return nil, fmt.Errorf("provider %q in the folder of %q", tr.Provider, folder)
	}
	return tr, nil
}

func (tr *Transcript) validate() error {
	switch {
	case tr.Name == "":
		return errors.New("name is missing")
	case !slices.Contains(providers, tr.Provider):
		return fmt.Errorf("unknown provider %q", tr.Provider)
	case !slices.Contains(providers, tr.Preset()):
		return fmt.Errorf("unknown settings %q", tr.Settings)
	case len(tr.Rows) == 0:
		return errors.New("rows are missing")
	case len(tr.Steps) == 0:
		return errors.New("steps are missing")
	}
	for _, row := range tr.Rows {
		if !validRow(row) {
			return fmt.Errorf("unknown row %q", row)
		}
	}
	for i := range tr.Steps {
		if err := tr.Steps[i].validate(); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return tr.rehearse()
}

var method = regexp.MustCompile(`^[A-Z]+$`)

func (s *Step) validate() error {
	switch {
	case !method.MatchString(s.Method):
		return fmt.Errorf("method %q", s.Method)
	case !strings.HasPrefix(s.Path, "/") && !strings.HasPrefix(s.Path, "${"):
		return fmt.Errorf("path %q is neither below the base URL nor a saved URL", s.Path)
	case s.Body != nil && s.Raw != nil:
		return errors.New("body and raw exclude each other")
	case len(s.Expect.Status) == 0:
		return errors.New("an expected status is missing")
	case s.Repeat != nil && (s.Repeat.To < s.Repeat.From || s.Repeat.To-s.Repeat.From >= maxRepeat):
		return fmt.Errorf("repeat from %d to %d", s.Repeat.From, s.Repeat.To)
	}
	for _, status := range s.Expect.Status {
		if status < 100 || status > 599 {
			return fmt.Errorf("status %d", status)
		}
	}
	for name, source := range s.Save {
		header, isHeader := strings.CutPrefix(source, headerPrefix)
		if !strings.HasPrefix(source, "/") && (!isHeader || header == "") {
			return fmt.Errorf("save %q: %q is neither a JSON pointer nor a header", name, source)
		}
	}
	return nil
}

// rehearse plays the transcript without a server: every reference must be to
// something saved before, and every pattern must be one.
func (tr *Transcript) rehearse() error {
	v := variables{"base": "x", "token": "x"}
	if err := expandHeaders(tr.Headers, v); err != nil {
		return fmt.Errorf("headers: %w", err)
	}
	for n := range tr.Steps {
		step := &tr.Steps[n]
		for _, i := range step.indexes() {
			v.setIndex(step, i)
			if err := step.rehearse(v); err != nil {
				return fmt.Errorf("step %d: %w", n+1, err)
			}
		}
	}
	return nil
}

func (s *Step) rehearse(v variables) error {
	texts := []string{s.Path, string(s.Body)}
	if s.Raw != nil {
		texts = append(texts, *s.Raw)
	}
	for _, text := range texts {
		if _, err := v.expand(text, plain); err != nil {
			return err
		}
	}
	if err := expandHeaders(s.Headers, v); err != nil {
		return err
	}
	for name, pattern := range s.Expect.Headers {
		if err := rehearsePattern(pattern, v); err != nil {
			return fmt.Errorf("expected header %s: %w", name, err)
		}
	}
	if s.Expect.Body != nil {
		if err := rehearsePattern(s.Expect.Body, v); err != nil {
			return fmt.Errorf("expected body: %w", err)
		}
	}
	for template := range s.Save {
		name, err := v.expand(template, plain)
		if err != nil {
			return err
		}
		if !varName.MatchString(name) {
			return fmt.Errorf("save %q: not a variable name", name)
		}
		v[name] = "x"
	}
	return nil
}

func rehearsePattern(pattern any, v variables) error {
	expanded, err := v.expandPattern(pattern, plain)
	if err != nil {
		return err
	}
	return validatePattern(expanded)
}

func expandHeaders(headers map[string]string, v variables) error {
	for name, value := range headers {
		if _, err := v.expand(value, plain); err != nil {
			return fmt.Errorf("header %s: %w", name, err)
		}
	}
	return nil
}
