package main

import (
	"context"
	"fmt"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/watch"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	retrywatch "k8s.io/client-go/tools/watch"
	"k8s.io/client-go/util/retry"
	"k8s.io/utils/ptr"
)

// initialEvents asks for a list as the beginning of a watch, and goes on watching after a break.
func initialEvents(ctx context.Context, clients kubernetes.Interface) {
	maps := clients.CoreV1().ConfigMaps(namespace)
	made, err := maps.Create(ctx, configMap("streamed"), metav1.CreateOptions{})
	check(err)
	watching, err := maps.Watch(ctx, metav1.ListOptions{
		SendInitialEvents:    ptr.To(true),
		AllowWatchBookmarks:  true,
		ResourceVersionMatch: metav1.ResourceVersionMatchNotOlderThan,
		LabelSelector:        "made=here",
	})
	check(err)
	added := <-watching.ResultChan()
	require(added.Type == watch.Added && added.Object.(*corev1.ConfigMap).Name == "streamed", "first what is there", added)
	end := <-watching.ResultChan()
	bookmark, isMap := end.Object.(*corev1.ConfigMap)
	require(end.Type == watch.Bookmark && isMap && bookmark.Annotations[metav1.InitialEventsAnnotationKey] == "true", "then a bookmark", end)
	watching.Stop()
	resumed, err := retrywatch.NewRetryWatcherWithContext(ctx, bookmark.ResourceVersion, &cache.ListWatch{
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return maps.Watch(ctx, options)
		},
	})
	check(err)
	defer resumed.Stop()
	check(maps.Delete(ctx, made.Name, metav1.DeleteOptions{}))
	for event := range resumed.ResultChan() {
		if event.Type == watch.Deleted && event.Object.(*corev1.ConfigMap).Name == made.Name {
			break
		}
	}
	_, err = maps.Watch(ctx, metav1.ListOptions{ResourceVersion: "99999999999", TimeoutSeconds: ptr.To(int64(1))})
	require(err == nil || apierrors.IsTimeout(err) || apierrors.IsResourceExpired(err), "a future revision is no failure of the server", err)
	fmt.Println("a watch begins with what is there, and is resumed")
}

// subresources writes a status by apply, evicts against a budget, and asks for a token.
func subresources(ctx context.Context, clients kubernetes.Interface) {
	pods := clients.CoreV1().Pods(namespace)
	labels := map[string]string{"app": "evicted"}
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "evicted", Labels: labels},
		Spec:       corev1.PodSpec{NodeName: "n", Containers: []corev1.Container{{Name: "c", Image: "registry.example/web:1"}}},
	}
	_, err := pods.Create(ctx, pod, metav1.CreateOptions{})
	check(err)
	status := coreapply.Pod(pod.Name, namespace).WithStatus(coreapply.PodStatus().WithPhase(corev1.PodRunning).
		WithConditions(coreapply.PodCondition().WithType(corev1.PodReady).WithStatus(corev1.ConditionTrue)))
	running, err := pods.ApplyStatus(ctx, status, metav1.ApplyOptions{FieldManager: "kubelet", Force: true})
	check(err)
	require(running.Status.Phase == corev1.PodRunning, "the status was applied", running.Status)
	budget := &policyv1.PodDisruptionBudget{
		ObjectMeta: metav1.ObjectMeta{Name: "all"},
		Spec: policyv1.PodDisruptionBudgetSpec{
			MinAvailable: ptr.To(intstr.FromInt32(1)),
			Selector:     &metav1.LabelSelector{MatchLabels: labels},
		},
	}
	made, err := clients.PolicyV1().PodDisruptionBudgets(namespace).Create(ctx, budget, metav1.CreateOptions{})
	check(err)
	eviction := &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: pod.Name, Namespace: namespace}}
	// The clients of the library try again for minutes where they are told to wait.
	err = clients.CoreV1().RESTClient().Post().Namespace(namespace).Resource("pods").Name(pod.Name).SubResource("eviction").
		Body(eviction).MaxRetries(0).Do(ctx).Error()
	require(apierrors.IsTooManyRequests(err), "the budget is kept", err)
	check(retry.RetryOnConflict(retry.DefaultRetry, func() error {
		made.Status = policyv1.PodDisruptionBudgetStatus{DisruptionsAllowed: 1, CurrentHealthy: 2, DesiredHealthy: 1, ExpectedPods: 2, ObservedGeneration: made.Generation}
		_, err := clients.PolicyV1().PodDisruptionBudgets(namespace).UpdateStatus(ctx, made, metav1.UpdateOptions{})
		return err
	}))
	check(clients.PolicyV1().Evictions(namespace).Evict(ctx, eviction))
	accounts := clients.CoreV1().ServiceAccounts(namespace)
	_, err = accounts.Create(ctx, &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "robot"}}, metav1.CreateOptions{})
	check(err)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: ptr.To(int64(600))}}
	token, err := accounts.CreateToken(ctx, "robot", request, metav1.CreateOptions{})
	check(err)
	require(len(token.Status.Token) > 100 && token.Status.ExpirationTimestamp.After(time.Now()), "a token is given", token.Status.ExpirationTimestamp)
	fmt.Println("status, eviction and token are subresources")
}

func serviceAddresses(ctx context.Context, clients kubernetes.Interface) {
	services := clients.CoreV1().Services(namespace)
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "web"},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeNodePort, Ports: []corev1.ServicePort{{Port: 80}}},
	}
	dry, err := services.Create(ctx, service, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	check(err)
	made, err := services.Create(ctx, service, metav1.CreateOptions{})
	check(err)
	require(made.Spec.ClusterIP != dry.Spec.ClusterIP && made.Spec.Ports[0].NodePort >= 30000, "address and port are given", made.Spec)
	address, err := clients.NetworkingV1().IPAddresses().Get(ctx, made.Spec.ClusterIP, metav1.GetOptions{})
	check(err)
	require(address.Spec.ParentRef.Name == "web", "the address says whose it is", address)
	check(services.Delete(ctx, "web", metav1.DeleteOptions{}))
	_, err = clients.NetworkingV1().IPAddresses().Get(ctx, made.Spec.ClusterIP, metav1.GetOptions{})
	require(apierrors.IsNotFound(err), "the address is free again", err)
	fmt.Println("addresses of services are objects")
}

func election(ctx context.Context, clients kubernetes.Interface) {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	leading := make(chan string, 2)
	for _, identity := range []string{"one", "two"} {
		lock := &resourcelock.LeaseLock{
			LeaseMeta:  metav1.ObjectMeta{Name: "leader", Namespace: namespace},
			Client:     clients.CoordinationV1(),
			LockConfig: resourcelock.ResourceLockConfig{Identity: identity},
		}
		own, cancel := context.WithCancel(inner)
		go leaderelection.RunOrDie(own, leaderelection.LeaderElectionConfig{
			Lock: lock, LeaseDuration: 2 * time.Second, RenewDeadline: time.Second, RetryPeriod: 200 * time.Millisecond, ReleaseOnCancel: true,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(context.Context) { leading <- identity; cancel() },
				OnStoppedLeading: func() {},
			},
		})
	}
	first, second := <-leading, <-leading
	require(first != second, "one after the other leads", first)
	fmt.Println("leaders are elected")
}

// discovered finds out what the server has, and works with it without knowing any type.
func discovered(ctx context.Context, config *rest.Config) {
	client, err := discovery.NewDiscoveryClientForConfig(config)
	check(err)
	version, err := client.ServerVersion()
	check(err)
	require(version.Minor == "36", "the version", version)
	_, lists, err := client.ServerGroupsAndResources()
	check(err)
	require(len(lists) > 15, "resources of all groups", len(lists))
	document, err := client.OpenAPISchema()
	check(err)
	require(len(document.Paths.Path) > 100, "the OpenAPI document in protobuf", len(document.Paths.Path))
	paths, err := client.OpenAPIV3().Paths()
	check(err)
	require(paths["apis/apps/v1"] != nil, "the OpenAPI documents of the groups", len(paths))
	mapper := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(client)), client, nil)
	resource, err := mapper.ResourceFor(schema.GroupVersionResource{Resource: "deploy"})
	check(err)
	require(resource == schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}, "a short name", resource)
	mapping, err := mapper.RESTMapping(schema.GroupKind{Kind: "ConfigMap"}, "v1")
	check(err)
	untyped(ctx, config, mapping.Resource)
	fmt.Println("what the server has is found, and used without types")
}

func untyped(ctx context.Context, config *rest.Config, resource schema.GroupVersionResource) {
	client, err := dynamic.NewForConfig(config)
	check(err)
	objects := client.Resource(resource).Namespace(namespace)
	factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(client, 0, namespace, nil)
	events := make(chan string, 100)
	informer := factory.ForResource(resource).Informer()
	_, err = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { events <- "add " + object.(*unstructured.Unstructured).GetName() },
		DeleteFunc: func(object any) { events <- "delete " + object.(*unstructured.Unstructured).GetName() },
	})
	check(err)
	stop := make(chan struct{})
	defer factory.Shutdown()
	defer close(stop)
	factory.Start(stop)
	require(cache.WaitForCacheSync(ctx.Done(), informer.HasSynced), "the informer is in sync", nil)
	wanted := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "untyped"}, "data": map[string]any{"a": "1"},
	}}
	applied, err := objects.Apply(ctx, "untyped", wanted, metav1.ApplyOptions{FieldManager: "one"})
	check(err)
	expect(ctx, events, "add untyped")
	patch := []byte(`{"apiVersion":"v1","kind":"ConfigMap","data":{"a":"2"}}`)
	_, err = objects.Patch(ctx, "untyped", types.ApplyPatchType, patch, metav1.PatchOptions{FieldManager: "two"})
	require(apierrors.IsConflict(err), "another manager is in conflict", err)
	var typed corev1.ConfigMap
	check(runtime.DefaultUnstructuredConverter.FromUnstructured(applied.Object, &typed))
	require(typed.Data["a"] == "1", "as written", typed)
	check(objects.Delete(ctx, "untyped", metav1.DeleteOptions{}))
	expect(ctx, events, "delete untyped")
}
