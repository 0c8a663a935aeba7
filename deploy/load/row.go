package main

import (
	"math"
	"slices"
)

// row is one line of the table: what was measured, what it is held against, and
// what it cost.
type row struct {
	Section     string  `json:"section"`
	Work        string  `json:"work"`
	Connections int     `json:"connections,omitempty"`
	Figure      float64 `json:"figure"`
	Unit        string  `json:"unit"`
	P50         float64 `json:"p50_us,omitempty"`
	P99         float64 `json:"p99_us,omitempty"`

	Against string  `json:"against,omitempty"` // "": nothing
	Limit   float64 `json:"limit,omitempty"`
	Ratio   float64 `json:"ratio,omitempty"` // of figure to limit, the median of the rounds
	Low     float64 `json:"ratio_low,omitempty"`
	High    float64 `json:"ratio_high,omitempty"`
	Goal    *goal   `json:"goal,omitempty"`
	Met     *bool   `json:"met,omitempty"`

	CPU    map[part]float64 `json:"cpu_us,omitempty"` // per request
	Client float64          `json:"client_cpu_us,omitempty"`
	Errors int64            `json:"errors,omitempty"`
	Note   string           `json:"note,omitempty"`
}

// goal is what a row is meant to reach.
type goal struct {
	Most   bool    `json:"most,omitempty"`   // else it is the least
	Figure bool    `json:"figure,omitempty"` // the figure itself, else the ratio
	Value  float64 `json:"value"`
}

func atLeast(ratio float64) *goal { return &goal{Value: ratio} }
func atMost(ratio float64) *goal  { return &goal{Value: ratio, Most: true} }
func below(figure float64) *goal  { return &goal{Value: figure, Most: true, Figure: true} }

// judge compares the row with its goal.
func (r *row) judge() {
	if r.Goal == nil {
		return
	}
	value := r.Ratio
	if r.Goal.Figure {
		value = r.Figure
	}
	met := value >= r.Goal.Value
	if r.Goal.Most {
		met = value <= r.Goal.Value
	}
	met = met && r.Errors == 0 && value != 0
	r.Met = &met
}

// series is what the rounds gave for one row.
type series struct {
	figures, limits, p50, p99, client []float64
	cpu                               map[part][]float64
	errors                            int64
	skipped                           string
}

// add takes a round: what an operation reached, and what it is held against.
func (s *series) add(b *benchResult, limit float64) {
	if b.Skipped != "" {
		s.skipped = b.Skipped
		return
	}
	s.put(b, b.RPS, b.P50, b.P99, limit)
}

// put is add for a figure that is not the rate of a whole operation.
func (s *series) put(b *benchResult, figure, p50, p99, limit float64) {
	s.figures, s.limits = append(s.figures, figure), append(s.limits, limit)
	s.p50, s.p99 = append(s.p50, p50), append(s.p99, p99)
	s.client = append(s.client, b.ClientCPU)
	s.errors += int64(b.Errors)
	if s.cpu == nil {
		s.cpu = map[part][]float64{}
	}
	for p, us := range b.cpu {
		s.cpu[p] = append(s.cpu[p], us)
	}
}

// row makes the line. Each round's ratio is of figures measured one after the
// other; what drifts over a run is not in it.
func (s *series) row(section, work string, connections int) row {
	r := row{
		Section: section, Work: work, Connections: connections, Unit: perSecond, Errors: s.errors,
		Figure: median(s.figures), P50: median(s.p50), P99: median(s.p99), Client: median(s.client), CPU: map[part]float64{},
	}
	if len(s.figures) == 0 {
		r.Note = s.skipped
	}
	for p, each := range s.cpu {
		r.CPU[p] = median(each)
	}
	return r
}

// against adds what the row is held against.
func (s *series) against(r row, name string, g *goal) row {
	ratios := make([]float64, 0, len(s.figures))
	for i, f := range s.figures {
		if s.limits[i] > 0 {
			ratios = append(ratios, f/s.limits[i])
		}
	}
	if len(ratios) == 0 {
		return r
	}
	r.Against, r.Goal, r.Limit = name, g, median(s.limits)
	r.Ratio, r.Low, r.High = median(ratios), slices.Min(ratios), slices.Max(ratios)
	r.judge()
	return r
}

// median is the middle value, of an even number the mean of both; 0 of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	half := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[half]
	}
	return (sorted[half-1] + sorted[half]) / 2
}

// significant rounds to three digits: no more mean anything.
func significant(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return v
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

// span is from the lowest to the highest.
func span(values []float64) string {
	if len(values) < 2 {
		return ""
	}
	return number(slices.Min(values)) + "–" + number(slices.Max(values))
}
