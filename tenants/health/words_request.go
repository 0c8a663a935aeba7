package health

import (
	"github.com/roster-scim/roster/scim/quirk"
	"github.com/roster-scim/roster/tenants/requestlog"
)

// What one request meant is told as the request log tells it.

func requestSentence(l *requestlog.Line, p quirk.Provider) string { return requestlog.Sentence(l, p) }

func requestFix(l *requestlog.Line, p quirk.Provider) *Fix { return requestlog.FixOf(l, p) }
