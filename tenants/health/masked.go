package health

import (
	"github.com/roster-scim/roster/tenants/privacy"
)

// Masked is the Service for those who may not see personal data: what it tells
// names nobody.
func (s *Service) Masked() *Service {
	masked := *s
	masked.masking = true
	return &masked
}

// mask takes people's names out of a state, which was read for nobody else.
func (s *state) mask() {
	s.Latest.mask()
	s.LastBad.mask()
	for _, c := range s.Checks {
		if c != nil {
			c.Done.mask()
			c.Refused.mask()
		}
	}
	for i := range s.Taken.People {
		s.Taken.People[i].Name = privacy.Name(s.Taken.People[i].Name)
	}
	for i := range s.Missing {
		for j, name := range s.Missing[i].Names {
			s.Missing[i].Names[j] = privacy.Value(name)
		}
	}
	if s.Cycle != nil {
		s.Cycle.Summary.mask()
	}
}

func (s *seen) mask() {
	if s == nil {
		return
	}
	l := s.line().Masked()
	d := l.Detail
	s.Subject, s.Lookup, s.Members, s.Effects, s.Error = l.Subject, d.Lookup, d.Members, d.Effects, d.Error
}

// mask leaves the names of groups.
func (s *Summary) mask() {
	for _, counts := range []*Counts{&s.People, &s.Resources} {
		for i, name := range counts.Names {
			counts.Names[i] = privacy.Name(name)
		}
	}
}

// masked are the findings without people's names. Those of groups stay.
func (f *Findings) masked() *Findings {
	if f == nil {
		return nil
	}
	masked := *f
	for _, finding := range []*Finding{&masked.Alias, &masked.NoEmail, &masked.Waiting} {
		examples := make([]Example, 0, len(finding.Examples))
		for _, e := range finding.Examples {
			examples = append(examples, Example{ID: e.ID, Name: privacy.Name(e.Name)})
		}
		finding.Examples = examples
	}
	return &masked
}
