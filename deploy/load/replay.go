package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
)

// recorded is an answer as it was, to be sent again.
type recorded struct {
	header http.Header
	body   []byte
}

// record asks for what will be sent again.
func record(ctx context.Context, t target, path string) (recorded, error) {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, t.urls[0]+path, nil)
	if err != nil {
		return recorded{}, err
	}
	request.Header.Set("Authorization", "Bearer "+t.token)
	request.Header.Set("Accept-Encoding", "identity")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return recorded{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: status %d: %s", path, response.StatusCode, body)
	}
	header := response.Header.Clone()
	header.Del("Date") // the server's own
	return recorded{header, body}, err
}

// replay is gin alone: it sends what Roster has answered, without looking at
// anything but the route. That is as fast as the framework lets a handler be.
type replay struct {
	url      string
	server   *http.Server
	one      recorded // a user
	found    recorded // the list that a filter by its name gave
	userName string   // of it
	page     recorded

	mu    sync.Mutex
	total int
	pages atomic.Pointer[recorded] // the page with as many users as are said to be there
}

// startReplay records the answers about some user of a directory and serves them.
func startReplay(ctx context.Context, t target) (*replay, error) {
	p := &replay{}
	if err := p.record(ctx, t); err != nil {
		return nil, fmt.Errorf("record answers: %w", err)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p.url = "http://" + l.Addr().String() + "/scim/v2/replay"
	p.server = &http.Server{Handler: p.handler(), ReadHeaderTimeout: time.Minute}
	go func() { _ = p.server.Serve(l) }() // until close
	return p, nil
}

func (p *replay) record(ctx context.Context, t target) (err error) {
	if p.page, err = record(ctx, t, "/Users?startIndex=1&count=100"); err != nil {
		return err
	}
	var list struct {
		Resources []struct {
			ID       string `json:"id"`
			UserName string `json:"userName"`
		} `json:"Resources"`
	}
	if err := json.Unmarshal(p.page.body, &list); err != nil {
		return err
	}
	if len(list.Resources) == 0 {
		return errors.New("the directory is empty")
	}
	user := list.Resources[0]
	p.userName = user.UserName
	if p.one, err = record(ctx, t, "/Users/"+user.ID); err != nil {
		return err
	}
	p.found, err = record(ctx, t, "/Users?filter="+url.QueryEscape(`userName eq "`+user.UserName+`"`))
	p.counted(0)
	return err
}

func (p *replay) handler() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	scim := engine.Group("/scim/v2/:connection")
	scim.GET("/ServiceProviderConfig", func(c *gin.Context) {
		c.Data(http.StatusOK, "application/scim+json", []byte(`{"bulk":{"supported":false},"filter":{"supported":true,"maxResults":100},"patch":{"supported":true}}`))
	})
	scim.POST("/Users", p.create)
	scim.GET("/Users/:id", func(c *gin.Context) { p.one.send(c, http.StatusOK) })
	scim.GET("/Users", func(c *gin.Context) {
		if strings.HasPrefix(c.Request.URL.RawQuery, "filter=") {
			p.found.send(c, http.StatusOK)
			return
		}
		p.pages.Load().send(c, http.StatusOK)
	})
	return engine
}

// send is all that is measured.
func (r *recorded) send(c *gin.Context, status int) {
	header := c.Writer.Header()
	for name, values := range r.header {
		header[name] = values
	}
	c.Writer.WriteHeader(status)
	_, _ = c.Writer.Write(r.body) // the client is gone if this fails
}

// create answers with the recorded user under the name that was sent: all users
// have one id.
func (p *replay) create(c *gin.Context) {
	var sent struct {
		UserName string `json:"userName"`
	}
	if err := json.NewDecoder(c.Request.Body).Decode(&sent); err != nil {
		c.Status(http.StatusBadRequest)
		return
	}
	body := bytes.ReplaceAll(p.one.body, []byte(p.userName), []byte(sent.UserName))
	p.counted(1)
	c.Data(http.StatusCreated, "application/scim+json", body)
}

var totalResults = regexp.MustCompile(`"totalResults": ?\d+`)

// counted makes the page say how many users there are.
func (p *replay) counted(more int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.total += more
	page := recorded{p.page.header.Clone(), totalResults.ReplaceAll(p.page.body, []byte(`"totalResults":`+strconv.Itoa(p.total)))}
	page.header.Set("Content-Length", strconv.Itoa(len(page.body)))
	p.pages.Store(&page)
}

func (p *replay) close() error { return p.server.Close() }
