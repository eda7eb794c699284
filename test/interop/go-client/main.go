// Package main uses an API server as Go programs do: typed clients, which speak protobuf, shared informers with
// watch-list, patches, server-side apply and metadata alone; and, in machinery.go, what controllers stand on. It prints
// one line for each claim that held, and ends with an error at the first that did not.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	appsapply "k8s.io/client-go/applyconfigurations/apps/v1"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	metaapply "k8s.io/client-go/applyconfigurations/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/pager"
	"k8s.io/utils/ptr"
)

const namespace = "default"

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	seen := &contentTypes{seen: map[string]int{}}
	config := &rest.Config{
		Host:            os.Getenv("API_URL"),
		BearerToken:     os.Getenv("API_TOKEN"),
		TLSClientConfig: rest.TLSClientConfig{CAFile: os.Getenv("API_CA")},
		QPS:             -1,
		WrapTransport:   seen.wrap,
	}
	clients, err := kubernetes.NewForConfig(config)
	check(err)
	objects(ctx, clients)
	informer(ctx, clients)
	apply(ctx, clients)
	pages(ctx, clients)
	onlyMetadata(ctx, config)
	failures(ctx, clients)
	initialEvents(ctx, clients)
	subresources(ctx, clients)
	serviceAddresses(ctx, clients)
	election(ctx, clients)
	seen.report()
	// What has no types of its own speaks JSON.
	plain := rest.CopyConfig(config)
	plain.WrapTransport = nil
	discovered(ctx, plain)
}

func objects(ctx context.Context, clients kubernetes.Interface) {
	maps := clients.CoreV1().ConfigMaps(namespace)
	made, err := maps.Create(ctx, configMap("first"), metav1.CreateOptions{})
	check(err)
	require(made.UID != "" && made.Data["a"] == "ä" && made.BinaryData["b"][2] == 255, "create answers the object", made)
	made.Data["more"] = "1"
	changed, err := maps.Update(ctx, made, metav1.UpdateOptions{})
	check(err)
	require(changed.ResourceVersion != made.ResourceVersion && changed.Data["more"] == "1", "update", changed)
	for patchType, patch := range map[types.PatchType]string{
		types.MergePatchType:          `{"data":{"merge":"1"}}`,
		types.StrategicMergePatchType: `{"data":{"strategic":"1"}}`,
		types.JSONPatchType:           `[{"op":"add","path":"/data/json","value":"1"}]`,
	} {
		_, err = maps.Patch(ctx, "first", patchType, []byte(patch), metav1.PatchOptions{})
		check(err)
	}
	read, err := maps.Get(ctx, "first", metav1.GetOptions{})
	check(err)
	require(read.Data["merge"]+read.Data["strategic"]+read.Data["json"] == "111", "patches of three kinds", read)
	check(maps.Delete(ctx, "first", metav1.DeleteOptions{Preconditions: metav1.NewUIDPreconditions(string(read.UID))}))
	fmt.Println("an object is made, changed, patched and deleted")
}

func informer(ctx context.Context, clients kubernetes.Interface) {
	maps := clients.CoreV1().ConfigMaps(namespace)
	_, err := maps.Create(ctx, configMap("before"), metav1.CreateOptions{})
	check(err)
	factory := informers.NewSharedInformerFactoryWithOptions(clients, 0, informers.WithNamespace(namespace))
	events := make(chan string, 100)
	shared := factory.Core().V1().ConfigMaps().Informer()
	_, err = shared.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { events <- "add " + object.(*corev1.ConfigMap).Name },
		UpdateFunc: func(_, object any) { events <- "update " + object.(*corev1.ConfigMap).Name },
		DeleteFunc: func(object any) { events <- "delete " + object.(*corev1.ConfigMap).Name },
	})
	check(err)
	stop := make(chan struct{})
	defer factory.Shutdown()
	defer close(stop)
	factory.Start(stop)
	require(cache.WaitForCacheSync(ctx.Done(), shared.HasSynced), "the informer is in sync", nil)
	expect(ctx, events, "add before")
	made, err := maps.Create(ctx, configMap("after"), metav1.CreateOptions{})
	check(err)
	expect(ctx, events, "add after")
	made.Data["x"] = "1"
	_, err = maps.Update(ctx, made, metav1.UpdateOptions{})
	check(err)
	expect(ctx, events, "update after")
	check(maps.DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "made=here"}))
	expect(ctx, events, "delete after", "delete before")
	fmt.Println("a shared informer follows")
}

func apply(ctx context.Context, clients kubernetes.Interface) {
	labels := map[string]string{"app": "web"}
	pod := coreapply.PodTemplateSpec().WithLabels(labels).
		WithSpec(coreapply.PodSpec().WithContainers(coreapply.Container().WithName("c").WithImage("registry.example/web:1")))
	wanted := appsapply.Deployment("web", namespace).WithSpec(appsapply.DeploymentSpec().WithReplicas(2).
		WithSelector(metaapply.LabelSelector().WithMatchLabels(labels)).WithTemplate(pod))
	deployments := clients.AppsV1().Deployments(namespace)
	made, err := deployments.Apply(ctx, wanted, metav1.ApplyOptions{FieldManager: "one"})
	check(err)
	owned, err := appsapply.ExtractDeployment(made, "one")
	check(err)
	require(*owned.Spec.Replicas == 2 && owned.Spec.Strategy == nil, "what was applied is owned, and no more", owned)
	wanted.Spec.WithReplicas(3)
	_, err = deployments.Apply(ctx, wanted, metav1.ApplyOptions{FieldManager: "two"})
	require(apierrors.IsConflict(err), "another manager is in conflict", err)
	scale, err := deployments.GetScale(ctx, "web", metav1.GetOptions{})
	check(err)
	scale.Spec.Replicas = 5
	_, err = deployments.UpdateScale(ctx, "web", scale, metav1.UpdateOptions{})
	check(err)
	read, err := deployments.Get(ctx, "web", metav1.GetOptions{})
	check(err)
	require(ptr.Deref(read.Spec.Replicas, 0) == 5, "scaled", read)
	read.Status = appsv1.DeploymentStatus{Replicas: 1, ObservedGeneration: read.Generation}
	_, err = deployments.UpdateStatus(ctx, read, metav1.UpdateOptions{})
	check(err)
	check(deployments.Delete(ctx, "web", metav1.DeleteOptions{PropagationPolicy: ptr.To(metav1.DeletePropagationBackground)}))
	fmt.Println("a deployment is applied, scaled and deleted")
}

func pages(ctx context.Context, clients kubernetes.Interface) {
	roles := 0
	list := pager.New(func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
		return clients.RbacV1().ClusterRoles().List(ctx, options)
	})
	list.PageSize = 7
	check(list.EachListItem(ctx, metav1.ListOptions{}, func(runtime.Object) error { roles++; return nil }))
	whole, err := clients.RbacV1().ClusterRoles().List(ctx, metav1.ListOptions{})
	check(err)
	require(roles > 20 && roles == len(whole.Items), "as many roles in pages as at once", roles)
	fmt.Println("a list comes in pages")
}

func onlyMetadata(ctx context.Context, config *rest.Config) {
	client, err := metadata.NewForConfig(metadata.ConfigFor(config))
	check(err)
	namespaces := client.Resource(corev1.SchemeGroupVersion.WithResource("namespaces"))
	list, err := namespaces.List(ctx, metav1.ListOptions{})
	check(err)
	require(slices.ContainsFunc(list.Items, func(item metav1.PartialObjectMetadata) bool { return item.Name == namespace }), "listed", list)
	watching, err := namespaces.Watch(ctx, metav1.ListOptions{FieldSelector: "metadata.name=" + namespace})
	check(err)
	defer watching.Stop()
	event := <-watching.ResultChan()
	shown, isMetadata := event.Object.(*metav1.PartialObjectMetadata)
	require(isMetadata && shown.Name == namespace, "watched", event)
	fmt.Println("metadata alone is listed and watched")
}

func failures(ctx context.Context, clients kubernetes.Interface) {
	maps := clients.CoreV1().ConfigMaps(namespace)
	_, err := maps.Get(ctx, "none", metav1.GetOptions{})
	require(apierrors.IsNotFound(err), "not found", err)
	_, err = maps.Create(ctx, configMap("Not A Name"), metav1.CreateOptions{})
	require(apierrors.IsInvalid(err) && strings.Contains(err.Error(), "RFC 1123"), "invalid", err)
	fmt.Println("failures are told apart")
}

func configMap(name string) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"made": "here"}},
		Data:       map[string]string{"a": "ä"},
		BinaryData: map[string][]byte{"b": {0, 1, 255}},
	}
}

// contentTypes counts what the server answers to those who prefer protobuf.
type contentTypes struct {
	mutex sync.Mutex
	seen  map[string]int
}

type roundTripper func(*http.Request) (*http.Response, error)

func (trip roundTripper) RoundTrip(request *http.Request) (*http.Response, error) {
	return trip(request)
}

func (types *contentTypes) wrap(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		response, err := next.RoundTrip(request)
		if err == nil {
			types.mutex.Lock()
			defer types.mutex.Unlock()
			// The evictions of the library ask for JSON.
			if mediaType := response.Header.Get("Content-Type"); strings.Contains(request.Header.Get("Accept"), "protobuf") {
				types.seen[mediaType]++
			}
		}
		return response, err
	})
}

func (types *contentTypes) report() {
	types.mutex.Lock()
	defer types.mutex.Unlock()
	require(types.seen["application/vnd.kubernetes.protobuf"] > 10, "answers are protobuf", types.seen)
	require(types.seen["application/vnd.kubernetes.protobuf;stream=watch"] > 0, "watches are protobuf", types.seen)
	require(types.seen["application/json"] == 0, "nothing is JSON", types.seen)
	fmt.Println("all of it in protobuf")
}

// expect waits until all of the events were seen, in any order and with others between.
func expect(ctx context.Context, events <-chan string, wanted ...string) {
	missing := slices.Clone(wanted)
	for len(missing) > 0 {
		select {
		case event := <-events:
			missing = slices.DeleteFunc(missing, func(one string) bool { return one == event })
		case <-ctx.Done():
			require(false, "events in time", missing)
		}
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func require(holds bool, claim string, seen any) {
	if !holds {
		panic(fmt.Sprintf("not so: %s: %v", claim, seen))
	}
}
