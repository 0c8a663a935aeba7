package main

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

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
	engine.Use(requestID, a.observe, a.recover)
	engine.GET("/", landingPage)
	engine.GET("/portal", landingPage)
	engine.GET("/portal/*path", landingPage)
	// SCIM routes by itself: its resource types are data, and it has its own
	// answer to any method.
	engine.NoRoute(func(c *gin.Context) {
		if isSCIM(c.Request) {
			c.Status(http.StatusOK) // gin starts from 404 here
			scim.ServeHTTP(c.Writer, c.Request)
			return
		}
		problem(c.Writer, http.StatusNotFound, "not_found",
			"There is nothing at this address. A connection's SCIM base URL begins with "+a.publicURL+scimhttp.Prefix+".")
	})
	return engine, nil
}

func isSCIM(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, scimhttp.Prefix) }
