package main

import (
	"testing"
	"testing/fstest"
)

func TestContainerMemory(t *testing.T) {
	t.Parallel()
	const none = "9223372036854771712\n"
	for name, test := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no Linux":      {nil, 0},
		"no container":  {map[string]string{"proc/self/cgroup": "0::/user.slice\n"}, 0},
		"no limit":      {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n"}, 0},
		"its own group": {map[string]string{"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "536870912\n"}, 512 << 20},
		"the host's path": {map[string]string{
			"proc/self/cgroup": "0::/kubepods/pod1/c2\n", "sys/fs/cgroup/memory.max": "536870912\n",
		}, 512 << 20},
		"the least of all around it": {map[string]string{
			"proc/self/cgroup": "0::/pod/c\n", "sys/fs/cgroup/pod/c/memory.max": "1073741824\n", "sys/fs/cgroup/pod/memory.max": "268435456\n",
		}, 256 << 20},
		"version 1": {map[string]string{
			"proc/self/cgroup":                               "5:cpu,cpuacct:/d/c\n4:memory:/d/c\n",
			"sys/fs/cgroup/memory/memory.limit_in_bytes":     none,
			"sys/fs/cgroup/memory/d/c/memory.limit_in_bytes": "134217728\n",
		}, 128 << 20},
		"version 1 without one": {map[string]string{
			"proc/self/cgroup": "4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": none,
		}, 0},
	} {
		root := fstest.MapFS{}
		for name, text := range test.files {
			root[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if got, err := containerMemory(root); got != test.want || err != nil {
			t.Errorf("%s: %d, %v, want %d", name, got, err, test.want)
		}
	}
	root := fstest.MapFS{
		"proc/self/cgroup":         &fstest.MapFile{Data: []byte("0::/\n")},
		"sys/fs/cgroup/memory.max": &fstest.MapFile{Data: []byte("lots\n")},
	}
	if got, err := containerMemory(root); err == nil {
		t.Errorf("a limit that is no number: %d", got)
	}
}
