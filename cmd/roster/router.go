package main

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/roster-scim/roster/portal"
	"github.com/roster-scim/roster/scim/scimhttp"
)

func init() { gin.SetMode(gin.ReleaseMode) } // gin keeps it in a variable of the process

// handler is everything that the public address answers.
func (a *App) handler() (http.Handler, error) {
	scim, err := a.scimHandler()
	if err != nil {
		return nil, err
	}
	engine := gin.New()
	engine.RedirectTrailingSlash = false
	engine.HandleMethodNotAllowed = true
	if err := a.config.trustProxies(engine); err != nil {
		return nil, err
	}
	engine.Use(requestID, clientAddress, a.observe, a.recover, a.refuseMisfit)
	if err := a.portal.Register(engine); err != nil {
		return nil, err
	}
	engine.NoMethod(func(c *gin.Context) {
		problem(c.Writer, http.StatusMethodNotAllowed, "method_not_allowed",
			"This address does not take "+clip(c.Request.Method, 16)+"; the header Allow says what it takes.")
	})
	// SCIM routes by itself: its resource types are data, and it has its own
	// answer to any method.
	engine.NoRoute(func(c *gin.Context) {
		if isSCIM(c.Request) {
			c.Status(http.StatusOK) // gin starts from 404 here
			scim.ServeHTTP(c.Writer, c.Request)
			return
		}
		if a.portal.ServePage(c) {
			return
		}
		problem(c.Writer, http.StatusNotFound, "not_found",
			"There is nothing at this address. The API is described at "+a.publicURL+"/api/docs, and a connection's SCIM base URL begins with "+
				a.publicURL+scimhttp.Prefix+".")
	})
	return engine, nil
}

func isSCIM(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, scimhttp.Prefix) }

// refuseMisfit answers for the API while the database's schema is not the one
// that this program needs; SCIM has an answer of its own.
func (a *App) refuseMisfit(c *gin.Context) {
	if !strings.HasPrefix(c.Request.URL.Path, portal.Prefix) || a.rollout.ready() == nil {
		return
	}
	c.Abort()
	portal.WriteProblem(c.Writer, &portal.Problem{Status: http.StatusServiceUnavailable, Code: "updating", RetryAfter: rolloutRetry,
		Detail: "The service is being updated. Nothing was stored; send the request again in a few seconds. " +
			"If this lasts, the service's operator has to finish the update."})
}
