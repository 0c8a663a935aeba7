package webhooks

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/roster-scim/roster/tenants"
)

const (
	claimTimeout = 10 * time.Second
	// claimPause keeps small claims apart: what becomes free meanwhile is claimed
	// together.
	claimPause = 20 * time.Millisecond
)

// Deliverer sends the events of all webhooks. There is one in every replica.
type Deliverer struct {
	store    QueueStore
	sender   *Sender
	vault    vault
	o        Options
	pacer    pacer
	recorder *recorder
	freed    chan struct{} // has a value when a turn has ended

	mu      sync.Mutex
	running map[tenants.WebhookID]int
	total   int
	wait    sync.WaitGroup
}

// NewDeliverer returns a Deliverer. key is the installation's.
func NewDeliverer(store QueueStore, sender *Sender, key []byte, o Options) (*Deliverer, error) {
	o = o.withDefaults()
	if o.Lease < sender.timeout+o.Margin {
		return nil, fmt.Errorf("deliver webhooks: a lease of %s does not outlive an attempt of %s", o.Lease, sender.timeout)
	}
	v, err := newVault(key)
	if err != nil {
		return nil, err
	}
	d := &Deliverer{store: store, sender: sender, vault: v, o: o, freed: make(chan struct{}, 1),
		pacer: pacer{every: time.Duration(float64(time.Second) / o.PerSecond)}, running: map[tenants.WebhookID]int{}}
	d.recorder = newRecorder(store, &d.o)
	return d, nil
}

// Run delivers until the context ends. Attempts that are on their way then get a
// moment to end.
func (d *Deliverer) Run(ctx context.Context) {
	recording, stop := context.WithCancel(context.WithoutCancel(ctx))
	var recorder sync.WaitGroup
	recorder.Go(func() { d.recorder.run(recording) })
	for ctx.Err() == nil {
		begun, err := d.claim(ctx)
		d.report(ctx, "look for events to deliver", err)
		d.pause(ctx, begun > 0)
	}
	d.wait.Wait()
	stop()
	recorder.Wait()
	d.sender.Close()
}

// Round delivers what is due, and returns how many turns that took. It is for
// tests and for commands that end; Run is not to be running.
func (d *Deliverer) Round(ctx context.Context) (int, error) {
	all := 0
	for {
		begun, err := d.claim(ctx)
		d.wait.Wait()
		d.recorder.flush(context.WithoutCancel(ctx))
		all += begun
		if err != nil || begun == 0 || ctx.Err() != nil {
			return all, err
		}
	}
}

// pause is until there may be something to do.
func (d *Deliverer) pause(ctx context.Context, busy bool) {
	if busy && !sleep(ctx, claimPause) {
		return
	}
	poll := time.Duration(float64(d.o.Poll) * (0.75 + d.o.Jitter()/2)) // replicas go apart
	timer := time.NewTimer(poll)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-d.store.Wake():
	case <-d.freed:
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// claim begins turns for as many queues as there is room for. A claim that has
// begun is finished also when the process ends: its queues would wait for their
// leases otherwise.
func (d *Deliverer) claim(ctx context.Context) (int, error) {
	if d.room() == 0 {
		return 0, nil
	}
	unbroken, cancel := context.WithTimeout(context.WithoutCancel(ctx), claimTimeout)
	defer cancel()
	due, err := d.store.Due(unbroken)
	if err != nil {
		return 0, err
	}
	takes := d.share(due)
	if len(takes) == 0 {
		return 0, nil
	}
	asked := d.o.Now()
	claims, err := d.store.Claim(unbroken, tenants.NewDeliveryID().UUID(), d.o.Lease, takes)
	if err != nil || len(claims) == 0 {
		return 0, err
	}
	turns := make([]*turn, len(claims))
	reads := make([]Read, len(claims))
	for i, c := range claims {
		turns[i] = &turn{Deliverer: d, claim: c, webhook: webhookOf(due, c.WebhookID), began: asked,
			through: c.Sequence, until: asked.Add(d.o.Lease), latest: c.Latest}
		reads[i] = turns[i].read(c.Sequence)
	}
	batches, err := d.store.Read(unbroken, reads)
	for i, t := range turns {
		if err != nil {
			t.giveBack(time.Time{})
			continue
		}
		t.take(batches[i])
		d.begin(ctx, t)
	}
	return len(claims), err
}

func webhookOf(all []*Webhook, id tenants.WebhookID) *Webhook {
	return all[slices.IndexFunc(all, func(w *Webhook) bool { return w.ID == id })]
}

// begin runs a turn beside others.
func (d *Deliverer) begin(ctx context.Context, t *turn) {
	d.mu.Lock()
	d.running[t.webhook.ID]++
	d.total++
	d.mu.Unlock()
	d.wait.Go(func() {
		defer d.end(t.webhook.ID)
		t.run(ctx)
	})
}

func (d *Deliverer) end(id tenants.WebhookID) {
	d.mu.Lock()
	if d.running[id]--; d.running[id] == 0 {
		delete(d.running, id)
	}
	d.total--
	d.mu.Unlock()
	d.look()
}

// look has queues claimed again: there is a free slot, or a queue that was given
// back and may have more.
func (d *Deliverer) look() {
	select {
	case d.freed <- struct{}{}:
	default:
	}
}

func (d *Deliverer) room() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.o.Slots - d.total
}

// share gives the free slots to webhooks, one by one and first to those that
// have the fewest, so that a slow one does not keep others waiting.
func (d *Deliverer) share(due []*Webhook) []Take {
	d.mu.Lock()
	defer d.mu.Unlock()
	takes := make([]Take, 0, len(due))
	has := make([]int, 0, len(due))
	for _, w := range due {
		if err := d.vault.open(w); err != nil {
			d.o.Logger.Error("cannot deliver to a webhook", "webhook", w.ID, "error", err)
			continue
		}
		w.Secrets = live(w.Secrets, d.o.Now())
		takes, has = append(takes, Take{Webhook: w}), append(has, d.running[w.ID])
	}
	for free := d.o.Slots - d.total; free > 0; free-- {
		best := -1
		for i := range takes {
			if has[i] < d.most(takes[i].Webhook) && (best < 0 || has[i] < has[best]) {
				best = i
			}
		}
		if best < 0 {
			break
		}
		takes[best].Most++
		has[best]++
	}
	for i := range takes {
		if takes[i].Webhook.Failures >= d.o.HoldAfter {
			takes[i].Probe = d.o.Lease
		}
	}
	return slices.DeleteFunc(takes, func(t Take) bool { return t.Most == 0 })
}

// most is how many queues of a webhook are worked on at a time.
func (d *Deliverer) most(w *Webhook) int {
	if w.Failures >= d.o.HoldAfter {
		return 1
	}
	return d.o.PerEndpoint
}

// report logs what went wrong, unless it is that the process ends.
func (d *Deliverer) report(ctx context.Context, doing string, err error) {
	if err != nil && ctx.Err() == nil {
		d.o.Logger.WarnContext(ctx, "cannot "+doing, "error", err)
	}
}
