package login

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

const (
	// AnswerLife is how long the answer to a request is repeated.
	AnswerLife = 24 * time.Hour
	// AnswerGrace is when a request that has not been answered is taken for one
	// whose server died. Nothing may still be at work on it then.
	AnswerGrace = time.Minute
	// MaxAnswer is the largest answer that is kept, in bytes.
	MaxAnswer = 256 << 10

	answerKeyUse = "roster idempotent answer AES-256-GCM v1"
)

// Repeatable is a request that may be sent again under the same Idempotency-Key.
type Repeatable struct {
	Actor   string            // the public id of the principal
	Key     [sha256.Size]byte // of the header
	Request [sha256.Size]byte // of method, path and body
}

// Answer is what a request was answered with.
type Answer struct {
	Status int         `json:"-"`
	Header [][2]string `json:"header"`
	Body   []byte      `json:"body"`
}

// KeptAnswer is what is stored of a request that was sent before.
type KeptAnswer struct {
	Request [sha256.Size]byte
	Status  int    // 0: the request is under way
	Sealed  []byte // the encrypted answer
}

// AnswerStore keeps answers.
type AnswerStore interface {
	// BeginAnswer claims a key for a request and returns nil; or what is kept, if
	// the key is claimed. Claims that are older than AnswerGrace and answers older
	// than AnswerLife do not count. Of many at once exactly one claims it.
	BeginAnswer(ctx context.Context, r Repeatable, at time.Time) (*KeptAnswer, error)
	// FinishAnswer stores the answer of the request that claimed the key at a
	// time, unless another one has it by now.
	FinishAnswer(ctx context.Context, r Repeatable, at time.Time, status int, sealed []byte) error
	// FreeAnswer gives the key up.
	FreeAnswer(ctx context.Context, r Repeatable, at time.Time) error
}

// Answers gives requests that are sent again the answer that they had. Answers may
// hold secrets, so they are encrypted with a key of the installation.
type Answers struct {
	store AnswerStore
	aead  cipher.AEAD
	now   func() time.Time
}

// NewAnswers returns the answers of an installation with a master key.
func NewAnswers(store AnswerStore, masterKey []byte) (*Answers, error) {
	key, err := hkdf.Key(sha256.New, masterKey, nil, answerKeyUse, sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of answers: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("encrypt answers: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("encrypt answers: %w", err)
	}
	return &Answers{store, aead, time.Now}, nil
}

// Claim is a request that is carried out under its key.
type Claim struct {
	request Repeatable
	at      time.Time
	answers *Answers
}

// Begin claims the key. Without a claim there is what is kept of an earlier
// request under the key: its answer, or nothing but the request while it is
// under way.
func (a *Answers) Begin(ctx context.Context, r Repeatable) (*Claim, *KeptAnswer, error) {
	at := a.now().UTC().Truncate(time.Microsecond)
	kept, err := a.store.BeginAnswer(ctx, r, at)
	if err != nil || kept != nil {
		return nil, kept, err
	}
	return &Claim{r, at, a}, nil, nil
}

// Open decrypts a kept answer.
func (a *Answers) Open(r Repeatable, kept *KeptAnswer) (*Answer, error) {
	size := a.aead.NonceSize()
	if len(kept.Sealed) < size {
		return nil, errors.New("open a kept answer: it is cut off")
	}
	plain, err := a.aead.Open(nil, kept.Sealed[:size], kept.Sealed[size:], r.context())
	if err != nil {
		return nil, fmt.Errorf("open a kept answer: %w", err)
	}
	answer := &Answer{Status: kept.Status}
	if err := json.Unmarshal(plain, answer); err != nil {
		return nil, fmt.Errorf("open a kept answer: %w", err)
	}
	return answer, nil
}

// Keep stores the answer for those who send the request again.
func (c *Claim) Keep(ctx context.Context, answer *Answer) error {
	plain, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	aead := c.answers.aead
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	_, _ = rand.Read(nonce) // never fails: crypto/rand aborts the program instead
	sealed := aead.Seal(nonce, nonce, plain, c.request.context())
	return c.answers.store.FinishAnswer(ctx, c.request, c.at, answer.Status, sealed)
}

// Free gives the key up: the request may be sent again as if it were new.
func (c *Claim) Free(ctx context.Context) error {
	return c.answers.store.FreeAnswer(ctx, c.request, c.at)
}

// context binds an encrypted answer to its request.
func (r Repeatable) context() []byte {
	return append(append([]byte(r.Actor), r.Key[:]...), r.Request[:]...)
}
