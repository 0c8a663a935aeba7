package scimtest

import (
	"fmt"
	"strconv"
)

const bulkURN = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"

// checkBulk checks the answer to a bulk request (RFC 7644 section 3.7.3): every
// operation has a status, a location unless it is a failed POST, and a body if
// it failed.
func checkBulk(object map[string]any) []string {
	problems := match(map[string]any{"schemas": map[string]any{markExact: []any{bulkURN}}, "failOnErrors": markAbsent}, object, "")
	operations, _ := object["Operations"].([]any)
	if len(operations) == 0 {
		return append(problems, "/Operations: expected the result of at least one operation, got "+show(object["Operations"]))
	}
	for i, operation := range operations {
		at := "/Operations/" + strconv.Itoa(i)
		result, ok := operation.(map[string]any)
		if !ok {
			problems = append(problems, at+": not an object")
			continue
		}
		problems = append(problems, checkBulkResult(result, at)...)
	}
	return problems
}

func checkBulkResult(result map[string]any, at string) []string {
	text, _ := result["status"].(string)
	status, err := strconv.Atoi(text)
	if err != nil || status < 200 || status > 599 {
		return []string{fmt.Sprintf("%s/status: expected an HTTP status as a string, got %s", at, show(result["status"]))}
	}
	if status < 300 {
		return match(map[string]any{"location": markNonEmpty, "method": markNonEmpty}, result, at)
	}
	var problems []string
	if result["method"] == "POST" {
		problems = match(map[string]any{"location": markAbsent, "version": markAbsent}, result, at)
	}
	response, ok := result["response"].(map[string]any)
	if !ok {
		return append(problems, at+"/response: expected the error, got "+show(result["response"]))
	}
	for _, problem := range checkError(response, status) {
		problems = append(problems, at+"/response"+problem)
	}
	return problems
}
