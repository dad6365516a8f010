/* Mistakes of the caller, and the builds that catch them; for the files of core/ only. */
#ifndef ACRE_CORE_CHECKS_H
#define ACRE_CORE_CHECKS_H

#include "acre_config.h"
#include "core/object.h"

/*
 * checks.c: mistakes of the caller. In builds with checks acre_check_usable tells whether `object`
 * may be used and says so if not; born and ended keep the books for it. acre_check_owner is for
 * calls that look at no object first: the other questions ask it themselves. In others there is
 * nothing.
 */
#if ACRE_CHECKS
bool acre_checks_begin(struct acre_engine *engine);
void acre_checks_end(struct acre_engine *engine);
void acre_checks_adopt(struct acre_engine *engine);
bool acre_check_owner(struct acre_engine *engine, const char *call);
void acre_check_born(struct acre_engine *engine, const struct acre_object *object);
void acre_check_ended(struct acre_engine *engine, const struct acre_object *object);
bool acre_check_usable(struct acre_engine *engine, const struct acre_object *object,
                       const char *call);
bool acre_check_releasable(struct acre_engine *engine, const struct acre_object *object,
                           const char *call);
bool acre_check_not_dead(struct acre_engine *engine, const struct acre_object *object,
                         const char *call);
#else
static inline bool acre_checks_begin(struct acre_engine *engine)
{
    (void)engine;
    return true;
}
static inline void acre_checks_end(struct acre_engine *engine)
{
    (void)engine;
}
static inline void acre_checks_adopt(struct acre_engine *engine)
{
    (void)engine;
}
static inline bool acre_check_owner(struct acre_engine *engine, const char *call)
{
    (void)engine;
    (void)call;
    return true;
}
static inline void acre_check_born(struct acre_engine *engine, const struct acre_object *object)
{
    (void)engine;
    (void)object;
}
static inline void acre_check_ended(struct acre_engine *engine, const struct acre_object *object)
{
    (void)engine;
    (void)object;
}
static inline bool acre_check_usable(struct acre_engine *engine, const struct acre_object *object,
                                     const char *call)
{
    (void)engine;
    (void)object;
    (void)call;
    return true;
}
static inline bool acre_check_releasable(struct acre_engine *engine,
                                         const struct acre_object *object, const char *call)
{
    return acre_check_usable(engine, object, call);
}
static inline bool acre_check_not_dead(struct acre_engine *engine, const struct acre_object *object,
                                       const char *call)
{
    return acre_check_usable(engine, object, call);
}
#endif

#endif
