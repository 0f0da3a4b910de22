import django.db.models.deletion
import django.db.models.functions.datetime
import trial.history
import trial.locking
import trial.migration_operations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '__first__'),
        ('trial', '0002_parameter_decisions'),
    ]

    operations = [
        trial.migration_operations.CreatedTogether(
            operations=[migrations.CreateModel(
                name='Freeze',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('state', models.CharField(choices=[('OPEN', 'Open'), ('FROZEN', 'Frozen')], max_length=8)),
                    ('reason', models.CharField(max_length=500)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='freezes', to='trial.visit')),
                ],
                options={
                    'ordering': ['pk'],
                    'abstract': False,
                    'constraints': [trial.history.AppendOnly(digest='58abfc53', name='freeze_append_only', only_by_trigger=False), trial.locking.Follows(apart=[], digest='728e64ee', key='visit_id', name='freeze_follows', steps=['>FROZEN', 'FROZEN>OPEN', 'OPEN>FROZEN']), trial.locking.HonorsLocks(digest='d7cff35a', name='freeze_honors_locks', others=[], visit='null')],
                },
            ), migrations.CreateModel(
                name='Query',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('form', models.CharField(max_length=60)),
                    ('record', models.BigIntegerField()),
                    ('item', models.CharField(blank=True, default='', help_text='empty: the whole form', max_length=60)),
                    ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='queries', to='trial.visit')),
                ],
                options={
                    'verbose_name_plural': 'queries',
                    'ordering': ['pk'],
                    'indexes': [models.Index(fields=['form', 'record'], name='queries_of_a_record')],
                    'constraints': [trial.history.AppendOnly(digest='58abfc53', name='query_append_only', only_by_trigger=False), trial.locking.HonorsLocks(digest='d7cff35a', name='query_honors_locks', others=[], visit='null')],
                },
            ), migrations.CreateModel(
                name='QueryAct',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('state', models.CharField(choices=[('OPEN', 'Open'), ('ANSWERED', 'Answered'), ('CLOSED', 'Closed'), ('REOPENED', 'Reopened')], max_length=8)),
                    ('text', models.CharField(max_length=500)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('query', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='trial.query')),
                ],
                options={
                    'ordering': ['pk'],
                    'abstract': False,
                    'constraints': [trial.history.AppendOnly(digest='58abfc53', name='query_act_append_only', only_by_trigger=False), trial.locking.Follows(apart=[], digest='728e64ee', key='query_id', name='query_act_follows', steps=['>OPEN', 'ANSWERED>CLOSED', 'ANSWERED>REOPENED', 'CLOSED>REOPENED', 'OPEN>ANSWERED', 'OPEN>CLOSED', 'REOPENED>ANSWERED', 'REOPENED>CLOSED']), trial.locking.HonorsLocks(digest='d7cff35a', name='query_act_honors_locks', others=[], visit='null')],
                },
            ), migrations.CreateModel(
                name='StudyLock',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('state', models.CharField(choices=[('OPEN', 'Open'), ('LOCK_PROPOSED', 'Lock proposed'), ('LOCK_APPROVED', 'Lock approved'), ('LOCKED', 'Locked'), ('UNLOCK_PROPOSED', 'Unlock proposed'), ('UNLOCK_APPROVED', 'Unlock approved')], max_length=16)),
                    ('reason', models.CharField(max_length=500)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['pk'],
                    'abstract': False,
                    'constraints': [trial.history.AppendOnly(digest='58abfc53', name='study_lock_append_only', only_by_trigger=False), trial.locking.Follows(apart=['OPEN', 'LOCKED'], digest='728e64ee', key='', name='study_lock_follows', steps=['>LOCK_PROPOSED', 'LOCKED>UNLOCK_PROPOSED', 'LOCK_APPROVED>LOCKED', 'LOCK_APPROVED>OPEN', 'LOCK_PROPOSED>LOCK_APPROVED', 'LOCK_PROPOSED>OPEN', 'OPEN>LOCK_PROPOSED', 'UNLOCK_APPROVED>LOCKED', 'UNLOCK_APPROVED>OPEN', 'UNLOCK_PROPOSED>LOCKED', 'UNLOCK_PROPOSED>UNLOCK_APPROVED'])],
                },
            ), migrations.CreateModel(
                name='Verification',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('form', models.CharField(max_length=60)),
                    ('record', models.BigIntegerField()),
                    ('versions', models.JSONField()),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('visit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='verifications', to='trial.visit')),
                ],
                options={
                    'ordering': ['pk'],
                    'abstract': False,
                    'indexes': [models.Index(fields=['form', 'record'], name='verifications_of_a_record')],
                    'constraints': [trial.history.AppendOnly(digest='58abfc53', name='verification_append_only', only_by_trigger=False), trial.locking.HonorsLocks(digest='d7cff35a', name='verification_honors_locks', others=[], visit='null')],
                },
            ), migrations.AddConstraint(
                model_name='signature',
                constraint=trial.locking.NamesItsRecord(digest='4adac2d2', name='signature_names_its_record'),
            ), migrations.AddConstraint(
                model_name='signature',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='signature_honors_locks', others=[], visit='null'),
            ), migrations.AddConstraint(
                model_name='subject',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='trial_subject_honors_locks', others=[], visit='null'),
            ), migrations.AddConstraint(
                model_name='visit',
                constraint=trial.locking.HonorsLocks(digest='d7cff35a', name='trial_visit_honors_locks', others=['id', 'missing', 'subject_id', 'code', 'held_on', 'status', 'mode', 'missed_reason', 'unscheduled_reason'], visit='new.id'),
            )],
        ),
    ]
