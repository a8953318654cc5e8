ALTER TABLE communities
    DROP CONSTRAINT communities_creator_id_fkey;
ALTER TABLE memberships
    DROP CONSTRAINT memberships_community_id_fkey;
ALTER TABLE memberships
    DROP CONSTRAINT memberships_user_id_fkey;
ALTER TABLE posts
    DROP CONSTRAINT posts_community_id_fkey;
ALTER TABLE posts
    DROP CONSTRAINT posts_author_id_fkey;
ALTER TABLE comments
    DROP CONSTRAINT comments_author_id_fkey;
ALTER TABLE comments
    DROP CONSTRAINT comments_post_id_fkey;
ALTER TABLE comments
    DROP CONSTRAINT comments_parent_id_fkey;
ALTER TABLE votes
    DROP CONSTRAINT votes_post_id_fkey;
ALTER TABLE votes
    DROP CONSTRAINT votes_voter_id_fkey;

DROP TABLE communities, memberships, posts, comments, votes;

DROP FUNCTION post_check();
DROP FUNCTION comment_parent_same();
DROP FUNCTION vote_check();
DROP FUNCTION votes_post_sums();
