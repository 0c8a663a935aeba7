package idp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Life is a company that keeps changing after its first cycle.
type Life struct {
	run  *run
	turn int
}

// NewLife makes a company up for the connection; Config.Scenario is not used.
func NewLife(config Config) (*Life, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Life{run: newRun(config)}, nil
}

// Begin runs the first cycle and reads everything back.
func (l *Life) Begin(ctx context.Context) *Report { return l.run.finish(l.run.firstCycle(ctx)) }

// Close lets go of the connections to the server.
func (l *Life) Close() { l.run.http.CloseIdleConnections() }

// Next lets one thing happen, provisions it and tells it in a line. What the
// server did not answer as it should have is an error.
func (l *Life) Next(ctx context.Context) (string, error) {
	turns := []func(context.Context) (string, error){l.join, l.move, l.regroup, l.marry, l.move, l.regroup, l.leave}
	turn := turns[l.turn%len(turns)]
	l.turn++
	l.run.log = newRecorder(time.Now)
	l.run.main.log = l.run.log
	told, err := turn(ctx)
	if err != nil && !errors.Is(err, errRefused) && !errors.Is(err, errUnauthorized) {
		return "", err
	}
	if len(l.run.log.problems) > 0 {
		return "", errors.New(l.run.log.problems[0].String())
	}
	return told, err
}

// join hires somebody and puts them into a group.
func (l *Life) join(ctx context.Context) (string, error) {
	c := l.run.main
	place := l.run.company.Hire()
	if err := c.provisionUser(ctx, place); err != nil {
		return "", err
	}
	if err := c.provider.finishUser(ctx, c, place); err != nil {
		return "", err
	}
	p := l.run.company.People[place]
	told := fmt.Sprintf("%s joins as %s in %s", p.Display(), p.Title, p.Department)
	if len(l.run.company.Groups) == 0 {
		return told, nil
	}
	group := l.run.company.random.IntN(len(l.run.company.Groups))
	return told + " and is put into " + l.groupName(group), c.editMembers(ctx, "memberships", c.additions(group, []int{place}, 1))
}

// move gives somebody another title, department and office.
func (l *Life) move(ctx context.Context) (string, error) {
	place, ok := l.somebody()
	if !ok {
		return "nobody is left to move", nil
	}
	p := &l.run.company.People[place]
	from := p.Department
	l.run.company.join(place, pick(l.run.company.random, departments))
	office := pick(l.run.company.random, offices)
	to := *p
	atOnce := l.run.main.provider.atOnce(to).Manager == to.Manager
	err := l.run.main.change(ctx, place, func(p *Person) {
		if atOnce {
			p.Manager = to.Manager
		}
		p.Title, p.Department, p.Division, p.CostCenter = to.Title, to.Department, to.Division, to.CostCenter
		p.Street, p.City, p.Region, p.PostalCode, p.Country = office.street, office.city, office.region, office.postalCode, office.country
	})
	if err != nil {
		return "", err
	}
	if err := l.run.main.provider.finishUser(ctx, l.run.main, place); err != nil {
		return "", err
	}
	if from == to.Department {
		return fmt.Sprintf("%s is now %s and moves to %s", l.name(place), to.Title, office.city), nil
	}
	return fmt.Sprintf("%s moves from %s to %s, as %s in %s", l.name(place), from, to.Department, to.Title, office.city), nil
}

// marry gives somebody another name.
func (l *Life) marry(ctx context.Context) (string, error) {
	place, ok := l.somebody()
	if !ok {
		return "nobody is left to rename", nil
	}
	before := l.name(place)
	renamed, err := l.run.newNames(ctx, []int{place})
	if err != nil {
		return "", err
	}
	to := renamed[0]
	l.run.company.People[place] = to
	if err := l.run.main.renameUser(ctx, place, to); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s is now called %s (%s)", before, l.name(place), to.UserName), nil
}

// regroup changes a group's members: one comes, one goes.
func (l *Life) regroup(ctx context.Context) (string, error) {
	company := l.run.company
	if len(company.Groups) == 0 {
		return l.move(ctx)
	}
	place := company.random.IntN(len(company.Groups))
	t, ok := l.run.main.dir.group(place)
	someone, found := l.somebody()
	if !ok || !found {
		return "a group stays as it is", nil
	}
	e := edit{group: place}
	var told []string
	if a, _ := l.run.main.dir.user(someone); !t.members[a.id] {
		e.add = []string{a.id}
		told = append(told, l.name(someone)+" is added to "+t.group.Name)
	}
	for _, id := range keysOf(t.members) {
		if name := l.run.main.dir.display(id); name != "" && len(t.members) > 1 {
			e.remove = []string{id}
			told = append(told, name+" leaves "+t.group.Name)
			break
		}
	}
	if len(told) == 0 {
		return t.group.Name + " stays as it is", nil
	}
	return strings.Join(told, ", "), l.run.main.editGroup(ctx, e)
}

// leave deactivates somebody, and with some providers deletes them in the end.
func (l *Life) leave(ctx context.Context) (string, error) {
	place, ok := l.somebody()
	if !ok {
		return "nobody is left to leave", nil
	}
	name := l.name(place)
	forever := l.run.main.provider.hardDeletes() && l.turn%2 == 0
	if err := l.run.main.leave(ctx, place, true, forever); err != nil {
		return "", err
	}
	if forever {
		return name + " leaves the company and is deleted", nil
	}
	return name + " leaves the company and is deactivated", nil
}

// somebody picks an active person who leads nobody.
func (l *Life) somebody() (int, bool) {
	c := l.run.company
	candidates := make([]int, 0, len(c.People))
	for place := range c.People {
		if a, ok := l.run.main.dir.user(place); ok && a.person.Active && !c.leads(place) {
			candidates = append(candidates, place)
		}
	}
	if len(candidates) == 0 {
		return 0, false
	}
	return pick(c.random, candidates), true
}

func (l *Life) name(place int) string {
	a, _ := l.run.main.dir.user(place)
	return a.person.Display()
}

func (l *Life) groupName(place int) string {
	t, _ := l.run.main.dir.group(place)
	return t.group.Name
}
