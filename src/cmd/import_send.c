#include "cmd/import_send.h"

#include <pthread.h>
#include <stdlib.h>

enum state { IDLE, ASKED, ANSWERED, STOPPING };

struct import_sender {
	struct control *control;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t turn;
	enum state state;
	json_t *request, *answer;
	struct error error;
};

static void *sender_main(void *arg)
{
	struct import_sender *s = arg;

	pthread_mutex_lock(&s->lock);
	for (;;) {
		json_t *request, *answer;
		struct error e = {0};

		while (s->state != ASKED && s->state != STOPPING)
			pthread_cond_wait(&s->turn, &s->lock);
		if (s->state == STOPPING)
			break;
		request = s->request;
		s->request = NULL;
		pthread_mutex_unlock(&s->lock);
		answer = control_ask(s->control, request, &e);
		pthread_mutex_lock(&s->lock);
		s->answer = answer;
		s->error = e;
		s->state = ANSWERED;
		pthread_cond_broadcast(&s->turn);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

result import_sender_start(struct control *c, struct import_sender **out, struct error *e)
{
	struct import_sender *s = calloc(1, sizeof *s);

	*out = NULL;
	if (!s)
		return error_set(e, CODE_OUT_OF_MEMORY, "no memory for an import");
	s->control = c;
	if (pthread_mutex_init(&s->lock, NULL) != 0 || pthread_cond_init(&s->turn, NULL) != 0 ||
	    pthread_create(&s->thread, NULL, sender_main, s) != 0) {
		free(s);
		return error_set(e, CODE_INTERNAL, "cannot start the import's thread");
	}
	*out = s;
	return RESULT_OK;
}

void import_sender_stop(struct import_sender *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	while (s->state == ASKED)
		pthread_cond_wait(&s->turn, &s->lock);
	s->state = STOPPING;
	pthread_cond_broadcast(&s->turn);
	pthread_mutex_unlock(&s->lock);
	(void)pthread_join(s->thread, NULL); /* ignored: the thread exists and is joined once */
	(void)pthread_cond_destroy(&s->turn);  /* ignored: nobody waits any more */
	(void)pthread_mutex_destroy(&s->lock); /* ignored: nobody holds it any more */
	json_decref(s->answer);
	free(s);
}

void import_send(struct import_sender *s, json_t *request)
{
	pthread_mutex_lock(&s->lock);
	s->request = request;
	s->state = ASKED;
	pthread_cond_broadcast(&s->turn);
	pthread_mutex_unlock(&s->lock);
}

json_t *import_receive(struct import_sender *s, struct error *e)
{
	json_t *answer;

	pthread_mutex_lock(&s->lock);
	while (s->state == ASKED)
		pthread_cond_wait(&s->turn, &s->lock);
	answer = s->answer;
	s->answer = NULL;
	if (!answer)
		*e = s->error;
	s->state = IDLE;
	pthread_mutex_unlock(&s->lock);
	return answer;
}
